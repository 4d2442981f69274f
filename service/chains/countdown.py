"""A countdown, the slides' ``count_down``: one Deferred, fired by the last of many timers."""

from collections.abc import Callable

from twisted.internet.defer import Deferred, succeed
from twisted.internet.interfaces import IDelayedCall, IReactorTime
from twisted.internet.task import deferLater

#: Seconds between ticks.
SECOND = 1.0


def count_down(n: int, clock: IReactorTime, tick: Callable[[int], object]) -> Deferred[None]:
    """Call ``tick`` with ``n`` before returning, then with one less every second, down to 0.

    :return: a Deferred that fires with None in the same turn as the last tick (immediately, if ``n`` is 0); or
        fails with what ``tick`` raised, which ends the count, or with ``CancelledError`` if it is cancelled, which
        stops the pending timer.
    """
    timer: IDelayedCall | None = None

    def stop(_: Deferred[None]) -> None:
        # No timer is pending while tick runs, and tick itself may cancel.
        if timer is not None and timer.active():
            timer.cancel()

    def count(left: int) -> None:
        nonlocal timer
        try:
            tick(left)
        except Exception:  # noqa: BLE001  raised from here it would end in the reactor, and d never fire
            d.errback()
            return
        if d.called:  # tick has cancelled it
            return
        if left > 0:
            timer = clock.callLater(SECOND, count, left - 1)
        else:
            d.callback(None)

    d: Deferred[None] = Deferred(stop)
    count(n)
    return d


def resume_count_down(last: int, clock: IReactorTime, tick: Callable[[int], object]) -> Deferred[None]:
    """Resume a countdown after the tick ``last``: the next tick comes in one second.

    :return: a Deferred that fires or fails as that of ``count_down`` does, immediately if ``last`` is 0.
    """
    if last == 0:
        return succeed(None)
    d: Deferred[None] = deferLater(clock, SECOND)
    return d.addCallback(lambda _: count_down(last - 1, clock, tick))
