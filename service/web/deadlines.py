"""The deadlines of requests: a timer for all that have the same length, not one for each."""

from collections import deque
from collections.abc import Callable
from typing import Any, cast

from attrs import define, field
from twisted.internet.interfaces import IDelayedCall, IReactorTime
from twisted.logger import Logger

_log = Logger()


class _Deadline:
    """What ``addTimeout`` gets and uses of an ``IDelayedCall``."""

    __slots__ = ("at", "call", "queue")

    def __init__(self, at: float, call: Callable[[], object], queue: "_Queue") -> None:
        self.at = at
        self.call: Callable[[], object] | None = call
        self.queue = queue

    def active(self) -> bool:
        return self.call is not None

    def cancel(self) -> None:
        self.call = None
        self.queue.forget_cancelled()


@define(eq=False)
class _Queue:
    """Deadlines of one length, the first of which comes first: nothing has to be sorted."""

    clock: IReactorTime
    seconds: float
    _deadlines: deque[_Deadline] = field(factory=deque, init=False)
    _timer: IDelayedCall | None = field(default=None, init=False)

    def add(self, call: Callable[[], object]) -> _Deadline:
        """Call a function when the time is over."""
        deadline = _Deadline(self.clock.seconds() + self.seconds, call, self)
        self._deadlines.append(deadline)
        if self._timer is None:
            self._timer = self.clock.callLater(self.seconds, self._expire)
        return deadline

    def forget_cancelled(self) -> None:
        """Remove the cancelled ones up to the first that is not, and the timer if that was all."""
        deadlines = self._deadlines
        while deadlines and deadlines[0].call is None:
            deadlines.popleft()
        if not deadlines and self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _expire(self) -> None:
        self._timer = None
        now, due = self.clock.seconds(), []
        while self._deadlines and self._deadlines[0].at <= now:
            due.append(self._deadlines.popleft())
        if self._deadlines:
            self._timer = self.clock.callLater(self._deadlines[0].at - now, self._expire)
        for deadline in due:
            call, deadline.call = deadline.call, None
            if call is not None:
                try:
                    call()
                except Exception:  # noqa: BLE001  the others are due all the same
                    _log.failure("what a deadline should end has failed")


@define(eq=False)
class _Deadlines:
    clock: IReactorTime
    _queues: dict[float, _Queue] = field(factory=dict, init=False)

    def callLater(self, delay: float, callable: Callable[[], object]) -> _Deadline:  # noqa: A002  Twisted's name
        queue = self._queues.get(delay)
        if queue is None:
            queue = self._queues[delay] = _Queue(self.clock, delay)
        return queue.add(callable)


def deadlines_on(clock: IReactorTime) -> IReactorTime:
    """Return a clock for ``Deferred.addTimeout``, the only one who can use it: it has few lengths, and is exact."""
    deadlines: Any = _Deadlines(clock)
    return cast("IReactorTime", deadlines)
