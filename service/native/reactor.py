"""The asyncio reactor, with the loop's own transports under its servers, and the loop's own timers."""

from collections.abc import Callable
from functools import partial
from typing import Any

from twisted.internet.asyncioreactor import AsyncioSelectorReactor
from twisted.internet.error import AlreadyCalled, AlreadyCancelled
from twisted.internet.interfaces import IDelayedCall, IListeningPort
from twisted.logger import Logger
from zope.interface import implementer

from service.native.port import NativePort

_log = Logger()


@implementer(IDelayedCall)
class TimedCall:
    """A call that the loop will make; ``time`` is on the clock of the loop, in seconds."""

    __slots__ = ("_called", "_handle", "call", "loop", "pending", "time")

    def __init__(self, loop: Any, pending: set["TimedCall"], time: float, call: Callable[[], object]) -> None:
        self.loop = loop
        self.pending = pending
        self.time = time
        self.call = call
        self._called = False
        # What is due at once needs no timer, which costs ten times as much.
        self._handle = loop.call_at(time, self._run) if time > loop.time() else loop.call_soon(self._run)
        pending.add(self)

    def cancel(self) -> None:
        """See ``IDelayedCall``."""
        self._check()
        self.pending.discard(self)
        self._handle.cancel()

    def delay(self, secondsLater: float) -> None:
        """See ``IDelayedCall``."""
        self._move(self.time + secondsLater)

    def reset(self, secondsFromNow: float) -> None:
        """See ``IDelayedCall``."""
        self._move(self.loop.time() + secondsFromNow)

    def getTime(self) -> float:
        """See ``IDelayedCall``."""
        return self.time

    def active(self) -> bool:
        """See ``IDelayedCall``."""
        return self in self.pending

    def _move(self, time: float) -> None:
        self._check()
        self._handle.cancel()
        self.time = time
        self._handle = self.loop.call_at(time, self._run)

    def _check(self) -> None:
        if not self.active():
            raise AlreadyCalled if self._called else AlreadyCancelled

    def _run(self) -> None:
        self.pending.discard(self)
        self._called = True
        try:
            self.call()
        except Exception:  # noqa: BLE001  as a reactor does
            _log.failure("a delayed call failed")


class NativeReactor(AsyncioSelectorReactor):
    """The asyncio reactor on a loop, of which it takes all that the loop does better."""

    def __init__(self, loop: Any) -> None:
        super().__init__(loop)
        self._loop = loop
        self._pending: set[TimedCall] = set()

    def seconds(self) -> float:
        """See ``IReactorTime``."""
        now: float = self._loop.time()
        return now

    def callLater(self, delay: float, callable: Any, *args: Any, **kwargs: Any) -> Any:  # noqa: A002  Twisted's own
        """See ``IReactorTime``."""
        call = partial(callable, *args, **kwargs) if args or kwargs else callable
        return TimedCall(self._loop, self._pending, self._loop.time() + delay, call)

    def getDelayedCalls(self) -> list[Any]:
        """See ``IReactorTime``."""
        return [*self._pending, *super().getDelayedCalls()]

    def stop(self) -> None:
        """See ``IReactorCore``."""
        base: Any = super()
        base.stop()
        base.callLater(0, lambda: None)  # the reactor ends in what it does for calls of its own

    def listenTCP(self, *args: Any, **kwargs: Any) -> IListeningPort:
        """See ``IReactorTCP``; TLS comes here, too."""
        base: Any = super()
        return NativePort(base.listenTCP(*args, **kwargs), self._loop)

    def listenUNIX(self, *args: Any, **kwargs: Any) -> IListeningPort:
        """See ``IReactorUNIX``."""
        base: Any = super()
        return NativePort(base.listenUNIX(*args, **kwargs), self._loop)

    def adoptStreamPort(self, *args: Any, **kwargs: Any) -> IListeningPort:
        """See ``IReactorSocket``."""
        base: Any = super()
        return NativePort(base.adoptStreamPort(*args, **kwargs), self._loop)
