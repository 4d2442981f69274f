"""Request bodies: read to their end, counted, and discarded."""

import re
from typing import Protocol

from attrs import define

from service.wire.errors import ProtocolError
from service.wire.grammar import FIELD, TOKEN, VALUE

#: ``chunk-size [chunk-ext]`` (RFC 9112, section 7.1); an extension is read and ignored.
_EXTENSION = rb"[ \t]*;[ \t]*" + TOKEN + rb"(?:[ \t]*=[ \t]*" + VALUE + rb")?"
_SIZE = re.compile(rb"([0-9A-Fa-f]+)(?:" + _EXTENSION + rb")*")
_TRAILER = re.compile(FIELD)
#: What ends a line, and what may not be in one.
_END = re.compile(rb"\n|\0|\r[^\n]")
#: Bytes of a line between chunks, and of all trailers together.
MAX_LINE = 256
MAX_TRAILERS = 8 * 1024
#: Bytes of chunk sizes that are read beyond twice the size of the chunks: many tiny ones cost a lot of CPU.
MAX_SPENT = 8 * 1024
_WORTH, _CRLF = 2, 4
#: Hexadecimal digits that fit into 64 bits.
_MOST_DIGITS = 16


class BodyReader(Protocol):
    """Reads one body from a growing buffer."""

    def read(self, buffer: bytearray) -> bool:
        """Remove what has arrived of the body from the buffer; return whether the body is complete.

        :raise ProtocolError: if the body is malformed or too large.
        """


@define
class CountedBody(BodyReader):
    """A body of ``left`` bytes."""

    left: int

    def read(self, buffer: bytearray) -> bool:
        taken = min(self.left, len(buffer))
        del buffer[:taken]
        self.left -= taken
        return not self.left


@define
class ChunkedBody(BodyReader):
    """A body in chunks, of at most ``most`` bytes in all."""

    most: int
    _left: int = 0
    _state: str = "size"
    _trailers: int = 0
    _spent: int = 0

    def read(self, buffer: bytearray) -> bool:
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
                raise ProtocolError("headers_too_large" if self._state == "trailers" else "malformed_chunk")
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
        if len(digits) > _MOST_DIGITS:
            raise ProtocolError("malformed_chunk")
        self._left = int(digits or b"0", 16)
        self.most -= self._left
        self._spent += len(line) + _CRLF - _WORTH * self._left
        if self.most < 0 or self._spent > MAX_SPENT:
            raise ProtocolError("content_too_large")
        self._state = "data" if self._left else "trailers"

    def _check_trailer(self, line: bytes) -> None:
        self._trailers += len(line) + 2
        if not _TRAILER.fullmatch(line):
            raise ProtocolError("malformed_chunk")
        if self._trailers > MAX_TRAILERS:
            raise ProtocolError("headers_too_large")
