"""The requests that nearly all clients send, each read in one go: in HTTP/1.1, with a ``Host`` and without a body.

Whatever is not matched here is read by ``HeadReader`` and ``frame``, with the same result or an error.
"""

import re

from service.wire.grammar import FIELD
from service.wire.head import METHODS


def _in_either_case(name: bytes) -> bytes:
    """Return a pattern for a name; with ``re.IGNORECASE``, each byte of a head would take longer."""
    return b"".join(b"[%c%c]" % (byte, byte ^ 0x20) if chr(byte).isalpha() else b"%c" % byte for byte in name)


_FRAMING = b"|".join(map(_in_either_case, (b"host", b"connection", b"content-length", b"transfer-encoding", b"expect")))
_KEEP_ALIVE = _in_either_case(b"connection") + rb":[ \t]*" + _in_either_case(b"keep-alive")
#: A field whose name begins with another letter than those that frame a request: most do, and need no other look.
_ELSE = rb"[!#$%&'*+\-.^_`|~0-9ABDFGI-SU-Zabdfgi-su-z]" + FIELD.replace(rb"+:", rb"*:", 1)
#: Fields that do not frame a request. No line matches two of these, so that a failure is found in linear time.
_OTHERS = (
    rb"(?:(?:" + _ELSE + rb"|(?=[CEHTceht])(?!(?:" + _FRAMING + rb"):)" + FIELD + rb"|" + _KEEP_ALIVE + rb")\r\n)*"
)
_HOST = _in_either_case(b"host") + rb":[ \t]*([A-Za-z0-9._~-]+(?::[0-9]*)?)[ \t]*\r\n"
_METHOD = b"|".join(sorted(METHODS))
_PLAIN = re.compile(
    rb"(" + _METHOD + rb") (/[!-\"$-~]*) HTTP/1\.1\r\n(" + _OTHERS + _HOST + _OTHERS + rb")\r\n",
)


#: The bytes of the shortest field, with the end of its line.
_SHORTEST = len(b"a:\r\n")


def read_plain(data: bytes, most_bytes: int, most_lines: int) -> tuple[bytes, bytes, bytes, bytes] | None:
    """Take one request apart: method, target, lines of the header fields, host.

    :return: None if the bytes are not exactly one request, exceed a limit, or need another reader.
    """
    size = len(data)
    if size > most_bytes or (size > _SHORTEST * most_lines and data.count(b"\n") > most_lines):
        return None
    matched = _PLAIN.fullmatch(data)
    if matched is None:
        return None
    method, target, lines, host = matched.groups()
    return method, target, lines, host
