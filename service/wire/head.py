"""The head of a request, parsed the same way whatever pieces it arrives in.

It accepts exactly what RFC 9112 allows. Matching a head with one regular expression and splitting it is faster than
having llhttp call back for each field, and llhttp is more lenient.
"""

import re

from attrs import define, field, frozen

from service.wire.errors import ProtocolError
from service.wire.grammar import FIELD, TOKEN
from service.wire.limits import Limits

#: A request of a later 1.x is read as 1.1 (RFC 9110, section 2.5).
_REQUEST_LINE = rb"(" + TOKEN + rb") ([!-~]+) HTTP/1\.[0-9]"
#: A whole valid head: most heads are only matched with this.
_WHOLE = re.compile(_REQUEST_LINE + rb"\r\n(?:" + FIELD + rb"\r\n)*\r\n")
_REQUEST_LINE_ALONE = re.compile(_REQUEST_LINE)
_FIELD_ALONE = re.compile(FIELD)
#: What ends a line, and what may not be in one.
_END = re.compile(rb"\n|\0|\r[^\n]")
#: A request line of another major version.
_OTHER_VERSION = re.compile(TOKEN + rb" [!-~]+ HTTP/[0-9]\.[0-9]")
_TOKEN_ALONE = re.compile(TOKEN)
#: The header fields that frame a request.
_FRAMING = re.compile(rb"\r\n(host|connection|content-length|transfer-encoding|expect):[ \t]*([^\r]*)", re.IGNORECASE)
_CR = ord("\r")
_EMPTY_LINE = b"\r\n\r\n"
#: The methods that are known, though most are allowed nowhere: those of RFC 9110, section 9, PATCH (RFC 5789), and
#: QUERY, as in IANA's registry. CONNECT is for proxies.
METHODS = frozenset((b"GET", b"HEAD", b"POST", b"PUT", b"DELETE", b"OPTIONS", b"TRACE", b"PATCH", b"QUERY"))


@frozen
class Head:
    """A request line and the ``lines`` of its header fields.

    ``framing`` maps the lower-case names of the fields that frame the request to their values.
    """

    method: bytes
    target: bytes
    minor_version: int
    framing: dict[bytes, list[bytes]]
    lines: bytes

    @property
    def keep_alive(self) -> bool:
        """Whether the connection persists after this request (RFC 9112, section 9.3)."""
        lines = self.framing.get(b"connection")
        if lines is None:
            return self.minor_version == 1
        said = {option.strip(b" \t") for option in b",".join(lines).lower().split(b",")}
        return b"close" not in said and (self.minor_version == 1 or b"keep-alive" in said)


def take_apart(whole: bytes) -> Head:
    """Split a valid head; most of its fields are never asked for, and are split later if they are."""
    request_line, _, lines = whole[: -len(_EMPTY_LINE)].partition(b"\r\n")
    method, target, version = request_line.split(b" ")
    framing: dict[bytes, list[bytes]] = {}
    for name, value in _FRAMING.findall(whole):
        framing.setdefault(name.lower(), []).append(value.rstrip(b" \t"))
    return Head(method, target, 0 if version == b"HTTP/1.0" else 1, framing, lines)


@define
class HeadReader:
    """Finds a head at the beginning of a growing buffer.

    It raises the error that comes first in the bytes, however many of them have arrived.
    """

    limits: Limits
    _line: int = field(default=0, init=False)
    #: How far the incomplete line has been searched.
    _seen: int = field(default=0, init=False)
    _fields: int = field(default=-1, init=False)
    _headers: int = field(default=0, init=False)

    def read(self, buffer: bytearray) -> Head | None:
        """Remove the head from the buffer, if it is complete.

        :raise ProtocolError: if what has arrived is malformed or too large.
        """
        while self._fields < 0 and buffer.startswith(b"\r\n", self._line):
            self._seen = 0
            del buffer[:2]  # an empty line before a request is ignored (RFC 9112, section 2.2)
        end = self._plain_end(buffer) or self._read_lines(buffer)
        if not end:
            return None
        whole = bytes(buffer[:end])
        del buffer[:end]
        self._line, self._seen, self._fields, self._headers = 0, 0, -1, 0
        return take_apart(whole)

    def _plain_end(self, buffer: bytearray) -> int:
        """Return the end of a head that is complete, valid and well below all limits; otherwise 0."""
        last = -1 if self._line else buffer.find(_EMPTY_LINE, 0, min(self.limits.request_line, self.limits.headers))
        if last < 0:
            return 0
        end = last + len(_EMPTY_LINE)
        matched = _WHOLE.fullmatch(buffer, 0, end)
        plain = matched is not None and matched[1] in METHODS and buffer.count(b"\n", 0, end) <= self.limits.fields
        return end if plain else 0

    def _read_lines(self, buffer: bytearray) -> int:
        """Check line by line; return the end of the head, 0 if it is incomplete."""
        while (line := self._next_line(buffer)) is not None:
            if self._fields < 0:
                check_request_line(line)
            elif not line:
                return self._line
            else:
                self._headers += len(line) + 2
                if not _FIELD_ALONE.fullmatch(line):
                    raise ProtocolError("malformed_header")
                if self._fields == self.limits.fields:
                    raise ProtocolError("headers_too_large")
            self._fields += 1
        return 0

    def _next_line(self, buffer: bytearray) -> bytes | None:
        if self._fields < 0:
            most, too_long, malformed = self.limits.request_line, "uri_too_long", "malformed_request_line"
        else:
            most, too_long, malformed = self.limits.headers - self._headers, "headers_too_large", "malformed_header"
        ended = _END.search(buffer, max(self._line, self._seen - 1), self._line + most + 2)
        if ended is None:
            self._seen = len(buffer)
            if len(buffer) - self._line > most + 1:
                endless_method = self._fields < 0 and _TOKEN_ALONE.fullmatch(buffer, self._line, self._line + most)
                raise ProtocolError("not_implemented" if endless_method else too_long)  # RFC 9112, section 3
            return None
        end = ended.start() - 1
        if ended[0] != b"\n" or end < self._line or buffer[end] != _CR:
            raise ProtocolError(malformed)
        line = bytes(buffer[self._line : end])
        self._line = ended.end()
        self._seen = 0
        return line


def check_request_line(line: bytes) -> None:
    """Check a request line.

    :raise ProtocolError: if it is malformed, of another major version, or its method is unknown.
    """
    matched = _REQUEST_LINE_ALONE.fullmatch(line)
    if matched is None:
        raise ProtocolError("version_not_supported" if _OTHER_VERSION.fullmatch(line) else "malformed_request_line")
    if matched[1] not in METHODS:
        raise ProtocolError("not_implemented")
