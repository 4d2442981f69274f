"""Complete requests, read from a growing buffer: a head, and a body that is discarded."""

from attrs import define, field

from service.wire.bodies import BodyReader, ChunkedBody, CountedBody
from service.wire.errors import ProtocolError
from service.wire.framing import Framed, frame
from service.wire.head import Head, HeadReader
from service.wire.limits import Limits
from service.wire.plain import read_plain
from service.wire.states import BODY, HEAD, IDLE, State


@define
class RequestReader:
    """Reads one request after the other from the bytes that it is fed."""

    limits: Limits
    state: State = field(default=IDLE, init=False)
    _buffer: bytearray = field(factory=bytearray, init=False)
    _overflown: bool = field(default=False, init=False)
    _most_bytes: int = field(init=False)
    _heads: HeadReader = field(init=False)
    _head: Head | None = field(default=None, init=False)
    _request: Framed | None = field(default=None, init=False)
    _body: BodyReader | None = field(default=None, init=False)

    def __attrs_post_init__(self) -> None:
        self._most_bytes = min(self.limits.request_line, self.limits.headers)
        self._heads = HeadReader(self.limits)

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to read."""
        return not self._buffer and not self._overflown

    def read_whole(self, data: bytes) -> tuple[bytes, bytes, bytes, bytes] | None:
        """Read these bytes as ``read_plain`` does; None, and nothing is read, if they have to be fed."""
        if self.state is not IDLE or self._buffer or self._overflown:
            return None
        return read_plain(data, self._most_bytes, self.limits.fields)

    def feed(self, data: bytes) -> None:
        """Buffer bytes, unless there are too many already."""
        if not self._overflown:
            self._buffer += data

    def limit(self) -> None:
        """Stop buffering at the limit on pipelined bytes: what is buffered is answered, and then refused.

        Pausing the transport instead would hide that the client disconnects.
        """
        self._overflown = self._overflown or len(self._buffer) > self.limits.pipelined

    def clear(self) -> None:
        """Discard what was not read."""
        self._buffer.clear()

    def read(self) -> Framed | None:
        """Return the next request, None while it is incomplete.

        If it ``expects_continue``, its body is not read: it is never asked for, so it is not sent.

        :raise ProtocolError: if the request is malformed or exceeds a limit.
        """
        request = self._read()
        if request is None and self._overflown:
            raise ProtocolError("too_much_at_once")
        return request

    @property
    def is_head(self) -> bool:
        """Whether the incomplete request is a HEAD request, whose response may not have a body."""
        if self.state is BODY and self._head is not None:
            return self._head.method == b"HEAD"
        return self._buffer.lstrip(b"\r\n").startswith(b"HEAD ")

    @property
    def beginning(self) -> tuple[bytes, bytes]:
        """The target and the header lines of the incomplete request, as far as they have arrived."""
        if self.state is BODY and self._head is not None:
            return self._head.target, self._head.lines
        first, _, lines = bytes(self._buffer).lstrip(b"\r\n").partition(b"\r\n\r\n")[0].partition(b"\r\n")
        return first.partition(b" ")[2].partition(b" ")[0], lines

    def _read(self) -> Framed | None:
        if self._body is None or self._request is None:
            head = self._heads.read(self._buffer)
            if head is None:
                empty = b"\r".startswith(self._buffer)  # an empty line does not begin a request
                self.state = IDLE if empty else HEAD
                return None
            self.state = BODY
            self._head = head
            self._request = framed = frame(head, self.limits)
            if framed.length == 0 or framed.expects_continue:
                return self._taken()
            self._body = CountedBody(framed.length) if framed.length else ChunkedBody(self.limits.body)
        return self._taken() if self._body.read(self._buffer) else None

    def _taken(self) -> Framed | None:
        request, self._request, self._body = self._request, None, None
        self.state = IDLE
        return request
