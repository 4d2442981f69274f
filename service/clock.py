"""A clock that stands still until it is told to advance: with it, a test need not wait for what takes time."""

import sys
from collections.abc import Callable
from math import inf
from types import FrameType
from typing import Any

from attrs import define, field
from twisted.internet.base import DelayedCall
from twisted.internet.defer import Deferred, DeferredLock
from twisted.internet.interfaces import IDelayedCall, IReactorTime
from twisted.internet.task import LoopingCall, deferLater
from twisted.logger import Logger
from zope.interface import implementer

_log = Logger()

#: Turns of the reactor before the clock advances, in which it reads the requests that clients have sent.
TURNS = 20
#: Seconds by which a sum of seconds may be wrong.
ROUNDING = 1e-9


@implementer(IReactorTime)
@define(eq=False)
class ManualClock:
    """A clock for everything that waits; it stands still, at 0 seconds, until ``advance`` or ``run_on`` is called.

    Even then, what is due without a wait (``callLater(0, ...)``) runs in the next turn of the ``reactor``.
    """

    reactor: IReactorTime
    running: bool = field(default=False, init=False)
    _stood_at: float = field(default=0.0, init=False)
    _since: float = field(default=0.0, init=False)
    #: Calls with their names, in the order in which they were made.
    _calls: list[tuple[DelayedCall, str]] = field(factory=list, init=False)
    #: The reactor's call for the first of them, if that is due or the clock runs.
    _next: IDelayedCall | None = field(default=None, init=False)
    #: The names of what has been run, while the clock advances.
    _fired: list[str] | None = field(default=None, init=False)
    _advancing: DeferredLock = field(factory=DeferredLock, init=False)

    def seconds(self) -> float:
        """See ``IReactorTime``."""
        return self._stood_at + (self.reactor.seconds() - self._since if self.running else 0.0)

    def callLater(self, delay: float, callable: Callable[..., Any], *args: Any, **kwargs: Any) -> DelayedCall:  # noqa: A002  Twisted's
        """See ``IReactorTime``."""
        at = self.seconds() + delay
        call = DelayedCall(at, callable, args, kwargs, self._forget, lambda _: self._arrange(), self.seconds)
        self._calls.append((call, name_of_call(callable, sys._getframe(1))))  # noqa: SLF001  documented
        self._arrange()
        return call

    def getDelayedCalls(self) -> list[DelayedCall]:
        return [call for call, _ in self._calls]

    def due(self) -> list[tuple[str, float]]:
        """Return what is due, the first first: its name, and at how many seconds."""
        return [(name, call.getTime()) for call, name in self._in_order()]

    def advance(self, seconds: float) -> Deferred[list[str]]:
        """Advance, stopping at each moment at which something is due, so that the reactor sends what follows from it.

        Several advances happen one after the other.

        :return: a Deferred that fires with the names of what was due, in that order; or fails with ``CancelledError``
            if it is cancelled, which leaves the clock where it is.
        """
        return self._advancing.run(lambda: Deferred.fromCoroutine(self._advance(seconds)))

    def run_on(self) -> None:
        """Let time pass from here, as on the reactor's clock."""
        if not self.running:
            self._since, self.running = self.reactor.seconds(), True
            self._arrange()

    async def _advance(self, seconds: float) -> list[str]:
        for _ in range(TURNS):
            await deferLater(self.reactor, 0)
        fired: list[str] = []
        self._fired = fired
        end = self.seconds() + seconds
        try:
            while (first := self._first_time()) <= end + ROUNDING:
                self._stand_at(max(first, self.seconds()))
                self._run_due()
                await deferLater(self.reactor, 0)
        finally:
            self._fired = None
        self._stand_at(max(end, self.seconds()))
        return fired

    def _stand_at(self, seconds: float) -> None:
        self._stood_at, self._since = seconds, self.reactor.seconds()
        self._arrange()

    def _first_time(self) -> float:
        return min((call.getTime() for call, _ in self._calls), default=inf)

    def _in_order(self) -> list[tuple[DelayedCall, str]]:
        return sorted(self._calls, key=lambda one: one[0].getTime())

    def _run_due(self) -> None:
        now = self.seconds()
        for call, name in [one for one in self._in_order() if one[0].getTime() <= now]:
            if not call.active():
                continue  # cancelled by one before it
            self._calls.remove((call, name))
            call.called = 1
            if self._fired is not None:
                self._fired.append(name)
            try:
                call.func(*call.args, **call.kw)
            except Exception:  # noqa: BLE001  the others are due all the same, as they would be in the reactor
                _log.failure("a timed call failed")
        self._arrange()

    def _forget(self, cancelled: DelayedCall) -> None:
        self._calls = [(call, name) for call, name in self._calls if call is not cancelled]
        self._arrange()

    def _arrange(self) -> None:
        """Let the reactor run the first call, if its time comes by itself."""
        if self._next is not None and self._next.active():
            self._next.cancel()
        self._next = None
        wait = self._first_time() - self.seconds()
        if wait <= 0 or (self.running and wait < inf):
            self._next = self.reactor.callLater(max(0.0, wait), self._run_due)


def name_of_call(call: Any, caller: FrameType) -> str:
    """Name what is due: the function of a loop, the errback of a timeout; else, for what is Twisted's, the caller."""
    if isinstance(call, LoopingCall):
        call = call.f
    if caller.f_code.co_name == "addTimeout":  # see Deferred.addTimeout
        call = caller.f_locals.get("onTimeoutCancel") or call
    own: str | None = getattr(call, "__name__", None)
    if own is None or str(getattr(call, "__module__", "")).startswith("twisted."):
        return caller.f_code.co_name
    return own
