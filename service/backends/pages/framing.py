"""Where the body of a response ends (RFC 9112, section 6), read as leniently as browsers read it."""

import re
from enum import Enum
from typing import Protocol

from attrs import define, field

from service.backends.pages.response import ResponseHead
from service.errors import BadResponse

#: The longest line with the size of a chunk, in bytes.
MAX_LINE = 4096
#: Digits of a number of bytes that is larger than any body.
_HUGE = 16
#: The size of a chunk with extensions, or nothing, and the end of the line.
_LINE = re.compile(rb"[\t\r ]*(?:([0-9A-Fa-f]+)[\t\r ]*(?:;[^\n]*)?)?\n")


class End(Enum):
    """What the end of the connection would mean, and whether to wait for it."""

    EARLY = "the body is not complete"
    HERE = "the body is as long as its connection"
    REACHED = "the body is complete, and the rest of the connection does not belong to it"
    BROKEN = "the framing is malformed"


class Framing(Protocol):
    """What tells the bytes of a body from those around it; ``end`` says whether there may be more."""

    end: End

    def feed(self, data: bytes) -> bytes:
        """Take the next bytes of the connection, and return those of the body."""


class UntilClose(Framing):
    """A body that ends with its connection."""

    end = End.HERE

    def feed(self, data: bytes) -> bytes:
        return data


class ByLength(Framing):
    """A body of a known length."""

    def __init__(self, length: int) -> None:
        self._left = length
        self.end = End.EARLY if length else End.REACHED

    def feed(self, data: bytes) -> bytes:
        body = data[: self._left]
        self._left -= len(body)
        if not self._left:
            self.end = End.REACHED
        return body


@define
class Chunked(Framing):
    """A body in chunks; what follows the last one is ignored."""

    end: End = field(default=End.EARLY, init=False)
    _pending: bytes = field(default=b"", init=False)
    #: Bytes that are left of the chunk, and whether the line break after it is due.
    _left: int = field(default=0, init=False)
    _break_due: bool = field(default=False, init=False)

    def feed(self, data: bytes) -> bytes:
        data, self._pending = self._pending + data, b""
        pieces = []
        start = 0
        while start < len(data) and self.end is End.EARLY:
            if self._left:
                piece = data[start : start + self._left]
                pieces.append(piece)
                start += len(piece)
                self._left -= len(piece)
                self._break_due = not self._left
                continue
            if data.find(b"\n", start) < 0:
                self._pending = data[start:]
                self.end = End.EARLY if len(self._pending) <= MAX_LINE else End.BROKEN
                break
            line = _LINE.match(data, start)
            if line is None or self._break_due is bool(line[1]):
                self.end = End.BROKEN
                break
            self._break_due = False
            if line[1]:
                self._left = _number(line[1], 16)
                self.end = End.EARLY if self._left else End.REACHED
            start = line.end()
        return b"".join(pieces)


def framing_of(head: ResponseHead) -> Framing:
    """Choose the framing of a response's body: to the end of the connection if it is not understood.

    :raise BadResponse: if it has several lengths (RFC 9112, section 6.3).
    """
    if "chunked" in (coding.lower() for coding in head.words("transfer-encoding")):
        return Chunked()
    lengths = set(head.words("content-length"))
    if len(lengths) > 1:
        raise BadResponse("gives several lengths of its response")
    length = "".join(lengths).encode()
    return ByLength(_number(length, 10)) if length.isdigit() else UntilClose()


def _number(digits: bytes, base: int) -> int:
    return int(digits.lstrip(b"0")[:_HUGE] or b"0", base)
