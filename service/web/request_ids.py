"""Request ids: those of this service, and those that clients give their requests."""

import re
from collections.abc import Iterator
from secrets import token_hex
from typing import Any

#: Bytes of a request id, and ids that are drawn at a time, because asking the kernel for each takes longer.
_ID_SIZE, _ID_BLOCK = 16, 64
_VISIBLE = re.compile(rb"[!-~]{1,128}")


def draw_request_ids() -> Iterator[str]:
    """Yield random request ids without end, each of 32 hex digits, which cannot be guessed."""
    size = 2 * _ID_SIZE
    while True:
        block = token_hex(_ID_SIZE * _ID_BLOCK)
        for start in range(0, len(block), size):
            yield block[start : start + size]


REQUEST_IDS = draw_request_ids()


def parent_id_of(request: Any) -> str:
    """Return the request id that the client has sent: 1 to 128 visible ASCII characters, or an empty text."""
    sent = request.getHeader(b"x-request-id") or b""
    return sent.decode() if _VISIBLE.fullmatch(sent) else ""
