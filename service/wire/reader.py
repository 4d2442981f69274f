"""Whole requests off a buffer that grows: a head, and then its body, which is thrown away."""

from enum import Enum

from attrs import define, field

from service.wire.bodies import BodyReader, ChunkedBody, CountedBody
from service.wire.errors import ProtocolError
from service.wire.framing import Framing, frame
from service.wire.head import Head, HeadReader
from service.wire.limits import Limits


class Stage(Enum):
    """What a reader waits for: a request at all, the rest of its head, the rest of its body."""

    IDLE = "idle"
    HEAD = "head"
    BODY = "body"


@define
class RequestReader:
    """Reads one request after the other out of the bytes that it is fed with."""

    limits: Limits
    stage: Stage = field(default=Stage.IDLE, init=False)
    _buffer: bytearray = field(factory=bytearray, init=False)
    _overflown: bool = field(default=False, init=False)
    _heads: HeadReader = field(init=False)
    _head: Head | None = field(default=None, init=False)
    _request: tuple[Head, Framing] | None = field(default=None, init=False)
    _body: BodyReader | None = field(default=None, init=False)

    def __attrs_post_init__(self) -> None:
        self._heads = HeadReader(self.limits)

    def feed(self, data: bytes) -> None:
        """Take bytes, for as long as there are not too many."""
        if not self._overflown:
            self._buffer += data

    def limit(self) -> None:
        """Take no more if as much is waiting as may wait: what is there is read, and then refused.

        To pause the transport would do as well, but then nobody would notice if the client went away.
        """
        self._overflown = self._overflown or len(self._buffer) > self.limits.pipelined

    def clear(self) -> None:
        """Forget what was not read."""
        self._buffer.clear()

    def read(self) -> tuple[Head, Framing] | None:
        """Take the next request, None as long as it is not whole.

        The body of one that ``expects_continue`` is not taken: nobody wants it, so that nobody says to send it.

        :raise ProtocolError: if there is something wrong with it.
        """
        request = self._read()
        if request is None and self._overflown:
            raise ProtocolError("too_much_at_once")
        return request

    @property
    def is_head(self) -> bool:
        """Whether what is being read, however far that has come, is a HEAD request: no body may answer it."""
        if self.stage is Stage.BODY and self._head is not None:
            return self._head.method == b"HEAD"
        return self._buffer.lstrip(b"\r\n").startswith(b"HEAD ")

    def _read(self) -> tuple[Head, Framing] | None:
        if self._body is None or self._request is None:
            head = self._heads.read(self._buffer)
            if head is None:
                empty = b"\r".startswith(self._buffer)  # an empty line begins no request
                self.stage = Stage.IDLE if empty else Stage.HEAD
                return None
            self.stage = Stage.BODY
            self._head = head
            framing = frame(head, self.limits)
            self._request = head, framing
            if framing.length == 0 or framing.expects_continue:
                return self._taken()
            self._body = CountedBody(framing.length) if framing.length else ChunkedBody(self.limits.body)
        return self._taken() if self._body.read(self._buffer) else None

    def _taken(self) -> tuple[Head, Framing] | None:
        request, self._request, self._body = self._request, None, None
        self.stage = Stage.IDLE
        return request
