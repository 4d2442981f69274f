"""Timers of few lengths: those of one length are in a queue, and only the first of them is one of the reactor's."""

from collections import deque
from collections.abc import Callable
from typing import Any, cast

from attrs import define, field
from twisted.internet.interfaces import IDelayedCall, IReactorTime
from twisted.logger import Logger

from service.clock import ManualClock

_log = Logger()


class _Timer:
    """What ``callLater`` returns; of ``IDelayedCall`` it has what ``addTimeout`` and cancellers need."""

    __slots__ = ("args", "at", "call", "queue")

    def __init__(self, at: float, call: Callable[..., object], args: tuple[Any, ...], queue: "_Queue") -> None:
        self.at = at
        self.call: Callable[..., object] | None = call
        self.args = args
        self.queue = queue

    def active(self) -> bool:
        """See ``IDelayedCall``."""
        return self.call is not None

    def cancel(self) -> None:
        """See ``IDelayedCall``; one that is over can be cancelled, too."""
        self.call = None
        self.queue.forget_cancelled()


@define(eq=False)
class _Queue:
    """Timers of the same number of seconds: as each is later than the one before, nothing has to be sorted."""

    clock: IReactorTime
    seconds: float
    queues: dict[float, "_Queue"]
    timers: deque[_Timer] = field(factory=deque, init=False)
    _first: IDelayedCall | None = field(init=False)

    def __attrs_post_init__(self) -> None:
        self._first = self.clock.callLater(self.seconds, self._expire)

    def forget_cancelled(self) -> None:
        """Remove the cancelled ones up to the first that is not; if that was all, remove this queue."""
        timers = self.timers
        while timers and timers[0].call is None:
            timers.popleft()
        if not timers and self._first is not None:
            self._first.cancel()
            self._first = None
            del self.queues[self.seconds]

    def _expire(self) -> None:
        self._first = None
        now, due = self.clock.seconds(), []
        while self.timers and (self.timers[0].at <= now or self.timers[0].call is None):
            due.append(self.timers.popleft())
        if self.timers:
            self._first = self.clock.callLater(self.timers[0].at - now, self._expire)
        else:
            del self.queues[self.seconds]
        for timer in due:
            call, timer.call = timer.call, None
            if call is not None:
                try:
                    call(*timer.args)
                except Exception:  # noqa: BLE001  the others are due all the same, as they would be in the reactor
                    _log.failure("a timed call failed")


@define(eq=False)
class _Timers:
    clock: IReactorTime
    _queues: dict[float, _Queue] = field(factory=dict, init=False)

    def callLater(self, delay: float, callable: Callable[..., object], *args: Any) -> _Timer:  # noqa: A002  Twisted's
        """See ``IReactorTime``."""
        queue = self._queues.get(delay)
        if queue is None:
            queue = self._queues[delay] = _Queue(self.clock, delay, self._queues)
        timer = _Timer(self.clock.seconds() + delay, callable, args, queue)
        queue.timers.append(timer)
        return timer


def timers_on(clock: IReactorTime) -> IReactorTime:
    """Return a clock of ``callLater`` alone, which is cheap where most delays are equal: deadlines and latencies.

    On a ``ManualClock`` nothing has to be cheap, and it tells what is due.
    """
    if isinstance(clock, ManualClock):
        return clock
    timers: Any = _Timers(clock)
    return cast("IReactorTime", timers)
