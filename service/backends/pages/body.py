"""A reader of page bodies that decodes them, limits their size and stops as soon as it has enough."""

from collections.abc import Callable

from attrs import define, field
from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IDelayedCall, IReactorTime

from service.backends.pages.decoders import Decoder
from service.backends.pages.framing import End, Framing
from service.errors import BadResponse
from service.interfaces import Need

#: Maximum size of a page in bytes, decoded and encoded.
MAX_BODY = 1024 * 1024
MAX_WIRE = 2 * MAX_BODY
#: Seconds to wait for more of a page once the rest is merely useful.
PATIENCE = 1.0
#: Seconds before another look at a body that has hardly grown, per byte: ten times what a look may cost.
PAUSE_PER_BYTE = 300e-9
#: The factor by which a body has to grow for another look without a pause.
GROWTH = 1.25


@define(eq=False)
class Body:
    """A reader of a body: ``read`` fires with it, or with its beginning if ``truncated`` or ``broken``.

    It is ``truncated`` where no more was needed or a limit was reached, ``broken`` where it ended early or is corrupt:
    then ``read`` fails with ``BadResponse`` if more is required.

    ``need`` says how much more is needed after the beginning. It is called in a turn of its own and not too often,
    since it may scan all of that. ``abort`` ends the connection.
    """

    clock: IReactorTime
    framing: Framing
    decoder: Decoder
    need: Callable[[bytes], Need]
    abort: Callable[[], None]
    truncated: bool = field(default=False, init=False)
    broken: bool = field(default=False, init=False)
    read: Deferred[bytes] = field(init=False)
    _prefix: bytearray = field(factory=bytearray, init=False)
    _received: int = field(default=0, init=False)
    _looked_at: int = field(default=0, init=False)
    _next_look: IDelayedCall | None = field(default=None, init=False)
    _patience: IDelayedCall | None = field(default=None, init=False)

    def __attrs_post_init__(self) -> None:
        self.read = Deferred(lambda _: self._finish())

    def start(self) -> None:
        """Take a look before the first byte: a page of another type is not needed, and a body may be empty."""
        self.look()
        self._go_on()

    def feed(self, data: bytes) -> None:
        """Take the next bytes of the connection."""
        if self.read.called:
            return
        coded = self.framing.feed(data[: MAX_WIRE - self._received])
        self._received += len(data)
        room = MAX_BODY - len(self._prefix)
        decoded = self.decoder.decode(coded, room + 1) if coded else b""
        self._prefix += decoded[:room]
        if len(decoded) > room or self._received > MAX_WIRE:
            self.stop()
            return
        self._go_on()
        if decoded and self._next_look is None and not self.read.called:
            size = len(self._prefix)
            pause = 0 if size >= GROWTH * self._looked_at else size * PAUSE_PER_BYTE
            self._next_look = self.clock.callLater(pause, self.look)

    def look(self) -> None:
        """Stop reading if no more than the body so far is needed, or soon if more is merely useful."""
        self._next_look = None
        self._looked_at = len(self._prefix)
        need = self.need(bytes(self._prefix))
        if need is Need.NOTHING:
            self.stop()
        elif need is Need.USEFUL and self._patience is None:
            self._patience = self.clock.callLater(PATIENCE, self.stop)

    def stop(self) -> None:
        """Stop reading and deliver the body so far."""
        if not self.read.called:
            self.truncated = True
            self._deliver()

    def end(self) -> None:
        """Take the end of the connection."""
        if self.read.called:
            return
        if self.framing.end is End.EARLY:
            self._break_off("sends an incomplete or malformed HTTP response")
        elif not self.decoder.complete:
            self._break_off("answers with a truncated encoding")
        else:
            self._deliver()

    def _go_on(self) -> None:
        """Deliver the body at its end, or break off if the rest is malformed."""
        if self.decoder.corrupt:
            self._break_off("answers with a corrupt encoding")
        elif self.framing.end is End.BROKEN:
            self._break_off("sends an incomplete or malformed HTTP response")
        elif self.framing.end is End.REACHED:
            self.end()

    def _break_off(self, problem: str) -> None:
        self.broken = True
        prefix = bytes(self._prefix)
        if self.need(prefix) is Need.REQUIRED:
            self._finish()
            self.read.errback(BadResponse(problem))
        else:
            self._deliver()

    def _deliver(self) -> None:
        self._finish()
        self.read.callback(bytes(self._prefix))

    def _finish(self) -> None:
        for timer in (self._next_look, self._patience):
            if timer is not None and timer.active():
                timer.cancel()
        self.abort()
