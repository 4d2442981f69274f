"""A reader of page bodies that decodes them, limits their size and stops as soon as it has enough."""

import zlib
from collections.abc import Callable
from typing import Any, Protocol as Shape

from attrs import define, field
from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IDelayedCall, IReactorTime
from twisted.internet.protocol import Protocol, connectionDone
from twisted.python.failure import Failure
from twisted.web.client import ResponseDone
from twisted.web.http import PotentialDataLoss

from service.errors import BadResponse

#: Maximum size of a page in bytes, decoded.
MAX_BODY = 1024 * 1024
#: Seconds before another look at a body that has hardly grown, per byte: ten times what a look may cost.
PAUSE_PER_BYTE = 300e-9
#: The factor by which a body has to grow for another look without a pause.
GROWTH = 1.25


class Decoder(Shape):
    """A decoder of a content coding (RFC 9110, section 8.4.1)."""

    def decode(self, data: bytes, most: int) -> bytes:
        """Decode a piece of the body to at most ``most`` bytes, which is positive.

        :raise zlib.error: if the piece is corrupt.
        """

    @property
    def complete(self) -> bool:
        """Whether the encoded data has ended."""


class Identity(Decoder):
    """The identity coding."""

    complete = True

    def decode(self, data: bytes, most: int) -> bytes:
        return data[:most]


@define
class Inflate(Decoder):
    """The codings ``gzip`` and ``deflate``, the latter with or without its wrapper; trailing data is ignored."""

    _inflator: Any = None
    _started: bool = False

    @classmethod
    def gzip(cls) -> "Inflate":
        """Make a decoder for gzip (RFC 1952)."""
        return cls(zlib.decompressobj(16 + zlib.MAX_WBITS))

    @property
    def complete(self) -> bool:
        """See ``Decoder``; an empty body is complete, too."""
        return not self._started or bool(self._inflator.eof)

    def decode(self, data: bytes, most: int) -> bytes:
        self._started = True
        if self._inflator is None:
            # A zlib header (RFC 1950) has 8 in its low bits; many servers send raw deflate (RFC 1951) instead.
            wrapped = data[0] & 0x0F == zlib.DEFLATED
            self._inflator = zlib.decompressobj(zlib.MAX_WBITS if wrapped else -zlib.MAX_WBITS)
        if self._inflator.eof:
            return b""
        return self._inflator.decompress(data, most)


#: Content coding -> its decoder. Nested codings are refused, since their cost has no bound.
DECODERS: dict[str, Callable[[], Decoder]] = {
    "identity": Identity,
    "gzip": Inflate.gzip,
    "x-gzip": Inflate.gzip,
    "deflate": Inflate,
}


def make_decoder(codings: list[str]) -> Decoder:
    """Make the decoder for the ``Content-Encoding`` of a response.

    :raise BadResponse: if it has several codings, or one that was not requested.
    """
    named = [coding.strip().lower() for line in codings for coding in line.split(",") if coding.strip()]
    if len(named) > 1 or not set(named) <= DECODERS.keys():
        raise BadResponse("answers in an encoding that was not requested")
    return DECODERS[named[0]]() if named else Identity()


@define(eq=False, slots=False)  # Protocol has no slots
class Body(Protocol):
    """A protocol that reads a body: ``read`` fires with it, or only with its beginning if ``truncated``.

    ``enough`` says whether the body so far is enough. It is called in a turn of its own and not too often, since it
    may scan the whole body. ``abort`` ends the connection.
    """

    clock: IReactorTime
    decoder: Decoder
    enough: Callable[[bytes], bool]
    abort: Callable[[], None]
    truncated: bool = field(default=False, init=False)
    read: Deferred[bytes] = field(init=False)
    _prefix: bytearray = field(factory=bytearray, init=False)
    _looked_at: int = field(default=0, init=False)
    _next_look: IDelayedCall | None = field(default=None, init=False)

    def __attrs_post_init__(self) -> None:
        self.read = Deferred(lambda _: self._end())

    def dataReceived(self, data: bytes) -> None:
        if self.read.called:
            return
        room = MAX_BODY - len(self._prefix)
        try:
            decoded = self.decoder.decode(data, room + 1)
        except zlib.error as error:
            refused = BadResponse("answers with a corrupt encoding")
            refused.__cause__ = error
            self._end()
            self.read.errback(refused)
            return
        self._prefix += decoded[:room]
        if len(decoded) > room:
            self.stop()
        elif decoded and self._next_look is None:
            size = len(self._prefix)
            pause = 0 if size >= GROWTH * self._looked_at else size * PAUSE_PER_BYTE
            self._next_look = self.clock.callLater(pause, self.look)

    def look(self) -> None:
        """Stop reading if the body so far is enough."""
        self._next_look = None
        self._looked_at = len(self._prefix)
        if self.enough(bytes(self._prefix)):
            self.stop()

    def stop(self) -> None:
        """Stop reading and deliver the body so far."""
        if not self.read.called:
            self.truncated = True
            self._end()
            self.read.callback(bytes(self._prefix))

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        if self.read.called:
            return
        self._look_no_more()
        if not reason.check(ResponseDone, PotentialDataLoss):
            self.read.errback(reason)
        elif not self.decoder.complete:
            self.read.errback(BadResponse("answers with a truncated encoding"))
        else:
            self.read.callback(bytes(self._prefix))

    def _end(self) -> None:
        self._look_no_more()
        self.abort()

    def _look_no_more(self) -> None:
        if self._next_look is not None:
            self._next_look.cancel()
            self._next_look = None
