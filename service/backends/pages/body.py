"""The body of a page: decoded, bounded, and read only for as long as somebody wants more of it."""

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

#: Bytes of a page, decoded, that are kept.
MAX_BODY = 1024 * 1024
#: Seconds between two looks at a body that has hardly grown, for each of its bytes: ten times what a look may cost.
PAUSE_PER_BYTE = 300e-9
#: By how much it has to grow for another look without a pause.
GROWTH = 1.25


class Decoder(Shape):
    """Undoes a content coding (RFC 9110, section 8.4.1)."""

    def decode(self, data: bytes, most: int) -> bytes:
        """Decode more of it, into ``most`` bytes at the most, which is more than none.

        :raise zlib.error: if it is corrupt.
        """

    @property
    def complete(self) -> bool:
        """Whether the end of it has come."""


class Identity:
    """The coding that is none."""

    complete = True

    def decode(self, data: bytes, most: int) -> bytes:
        """See ``Decoder``."""
        return data[:most]


@define
class Inflate:
    """``gzip``, and ``deflate`` with the wrapper that it should have or without; what follows its end is ignored."""

    _inflator: Any = None
    _started: bool = False

    @classmethod
    def gzip(cls) -> "Inflate":
        """Make one for gzip (RFC 1952)."""
        return cls(zlib.decompressobj(16 + zlib.MAX_WBITS))

    @property
    def complete(self) -> bool:
        """See ``Decoder``; nothing at all is complete, too."""
        return not self._started or bool(self._inflator.eof)

    def decode(self, data: bytes, most: int) -> bytes:
        """See ``Decoder``."""
        self._started = True
        if self._inflator is None:
            # A zlib header (RFC 1950) says 8 in its low bits; many servers send the bare stream (RFC 1951) instead.
            wrapped = data[0] & 0x0F == zlib.DEFLATED
            self._inflator = zlib.decompressobj(zlib.MAX_WBITS if wrapped else -zlib.MAX_WBITS)
        if self._inflator.eof:
            return b""
        decoded: bytes = self._inflator.decompress(data, most)
        return decoded


#: Content coding -> what undoes it. There is no bound on what several, one inside the other, would take.
DECODERS: dict[str, Callable[[], Decoder]] = {
    "identity": Identity,
    "gzip": Inflate.gzip,
    "x-gzip": Inflate.gzip,
    "deflate": Inflate,
}


def make_decoder(codings: list[str]) -> Decoder:
    """Make what undoes the codings of a response.

    :raise BadResponse: if they are several, or none that we asked for.
    """
    named = [coding.strip().lower() for line in codings for coding in line.split(",") if coding.strip()]
    if len(named) > 1 or not set(named) <= DECODERS.keys():
        raise BadResponse("answers in an encoding that it was not asked for")
    return DECODERS[named[0]]() if named else Identity()


@define(eq=False, slots=False)  # Protocol has no slots
class Body(Protocol):
    """Reads a body: ``read`` fires with it, or with its beginning, and then ``truncated`` is true.

    ``enough`` is asked whether what has come is enough, in a turn of its own and not too often, since it may look at
    all of it; ``abort`` ends the connection.
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
        """See ``IProtocol``."""
        if self.read.called:
            return
        room = MAX_BODY - len(self._prefix)
        try:
            decoded = self.decoder.decode(data, room + 1)
        except zlib.error as error:
            refused = BadResponse("answers with a broken encoding")
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
        """Stop if what has come is enough."""
        self._next_look = None
        self._looked_at = len(self._prefix)
        if self.enough(bytes(self._prefix)):
            self.stop()

    def stop(self) -> None:
        """Be content with what there is."""
        if not self.read.called:
            self.truncated = True
            self._end()
            self.read.callback(bytes(self._prefix))

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        """See ``IProtocol``."""
        if self.read.called:
            return
        self._look_no_more()
        if not reason.check(ResponseDone, PotentialDataLoss):
            self.read.errback(reason)
        elif not self.decoder.complete:
            self.read.errback(BadResponse("hangs up in the middle of its encoding"))
        else:
            self.read.callback(bytes(self._prefix))

    def _end(self) -> None:
        self._look_no_more()
        self.abort()

    def _look_no_more(self) -> None:
        if self._next_look is not None:
            self._next_look.cancel()
            self._next_look = None
