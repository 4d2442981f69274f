"""Bodies of requests: read to their end, counted, and thrown away."""

import re
from typing import Protocol

from attrs import define

from service.wire.errors import ProtocolError

#: ``chunk-size [chunk-ext]`` (RFC 9112, section 7.1); an extension is read and ignored.
_SIZE = re.compile(rb"([0-9A-Fa-f]+)(?:[ \t]*;[\t \x21-\x7e\x80-\xff]*)?")
_TRAILER = re.compile(rb"[!#$%&'*+\-.^_`|~0-9A-Za-z]+:[\t \x21-\x7e\x80-\xff]*")
#: What ends a line, or cannot be in one: the first of them decides.
_END = re.compile(rb"\n|\0|\r[^\n]")
#: Bytes of a line between chunks, and of all trailers together.
MAX_LINE = 256
MAX_TRAILERS = 8 * 1024
#: Bytes that may go into telling sizes, beyond twice what they are the sizes of: many tiny chunks keep us busy.
MAX_SPENT = 8 * 1024
_WORTH, _CRLF = 2, 4
#: Hexadecimal digits of a size that could be within any limit.
_MANY_DIGITS = 12


class BodyReader(Protocol):
    """Reads one body off a buffer that grows."""

    def read(self, buffer: bytearray) -> bool:
        """Take what has come of the body off the buffer; return whether that was the end of it.

        :raise ProtocolError: if there is something wrong with it.
        """


@define
class CountedBody:
    """A body of ``left`` bytes."""

    left: int

    def read(self, buffer: bytearray) -> bool:
        """See ``BodyReader``."""
        taken = min(self.left, len(buffer))
        del buffer[:taken]
        self.left -= taken
        return not self.left


@define
class ChunkedBody:
    """A body in chunks, of at most ``most`` bytes in all."""

    most: int
    _left: int = 0
    _state: str = "size"
    _trailers: int = 0
    _spent: int = 0

    def read(self, buffer: bytearray) -> bool:
        """See ``BodyReader``."""
        while True:
            if self._state == "data":
                taken = min(self._left, len(buffer))
                del buffer[:taken]
                self._left -= taken
                if self._left:
                    return False
                self._state = "end of data"
            if self._state == "end of data" and not b"\r\n".startswith(buffer[:2]):
                raise ProtocolError("malformed_chunk")
            line = self._line(buffer)
            if line is None:
                return False
            if self._state == "end of data":
                self._state = "size"
            elif self._state == "size":
                self._begin(line)
            elif not line:
                return True
            else:
                self._check_trailer(line)

    def _line(self, buffer: bytearray) -> bytes | None:
        most = MAX_TRAILERS if self._state == "trailers" else MAX_LINE
        if self._state == "end of data":
            most = 0
        ended = _END.search(buffer, 0, most + 2)
        if ended is None:
            if len(buffer) > most + 1:
                raise ProtocolError("malformed_chunk")
            return None
        if ended[0] != b"\n" or not buffer.startswith(b"\r", ended.start() - 1) or ended.start() == 0:
            raise ProtocolError("malformed_chunk")
        line = bytes(buffer[: ended.start() - 1])
        del buffer[: ended.end()]
        return line

    def _begin(self, line: bytes) -> None:
        matched = _SIZE.fullmatch(line)
        if matched is None:
            raise ProtocolError("malformed_chunk")
        digits = matched[1].lstrip(b"0")
        self._left = int(digits or b"0", 16) if len(digits) <= _MANY_DIGITS else self.most + 1
        self.most -= self._left
        self._spent += len(line) + _CRLF - _WORTH * self._left
        if self.most < 0 or self._spent > MAX_SPENT:
            raise ProtocolError("content_too_large")
        self._state = "data" if self._left else "trailers"

    def _check_trailer(self, line: bytes) -> None:
        self._trailers += len(line) + 2
        if self._trailers > MAX_TRAILERS or not _TRAILER.fullmatch(line):
            raise ProtocolError("malformed_chunk")
