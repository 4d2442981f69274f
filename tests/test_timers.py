"""Timers that share one of the clock's: they are as exact, as independent and as easy to cancel as its own."""

import gc
from typing import Any

import pytest
from twisted.internet.defer import CancelledError, Deferred
from twisted.internet.task import Clock

from service.timers import timers_on
from tests.collector import counts_references
from tests.log import Log
from tests.results import failure_of


@pytest.fixture
def called() -> list[object]:
    """What was called."""
    return []


def test_when_they_are_due(clock: Clock, called: list[object]) -> None:
    """Each is called with its arguments when its seconds have passed, whatever its length, and not before."""
    timers = timers_on(clock)
    for name, seconds in (("c", 3), ("a", 1), ("b", 2), ("now", 0)):
        timers.callLater(seconds, called.append, name)
    clock.advance(0.5)
    timers.callLater(1, called.append, "a, later")
    seen = [list(called)]
    for _ in range(6):
        clock.advance(0.5)
        seen.append(list(called))
    assert [len(names) for names in seen] == [1, 2, 3, 4, 4, 5, 5]
    assert called == ["now", "a", "a, later", "b", "c"]


def test_many_of_one_length(clock: Clock, called: list[object]) -> None:
    """Those of one length need one timer of the clock, and none once all are cancelled."""
    timers = timers_on(clock)
    made = [timers.callLater(5, called.append, number) for number in range(100)]
    assert len(clock.getDelayedCalls()) == 1
    for timer in made[:99]:
        timer.cancel()
    assert len(clock.getDelayedCalls()) == 1
    made[99].cancel()
    assert clock.getDelayedCalls() == []
    assert called == []


@pytest.mark.parametrize("cancelled", [[0], [1], [2], [0, 1], [1, 0], [2, 1], [0, 2], [2, 0, 1]])
def test_cancelling(clock: Clock, called: list[object], cancelled: list[int]) -> None:
    """Those that are cancelled are not called, in whatever order, and the others are, when they are due."""
    timers = timers_on(clock)
    made = []
    for number in range(3):
        made.append(timers.callLater(5, called.append, number))
        clock.advance(1)
    for number in cancelled:
        made[number].cancel()
    assert [timer.active() for timer in made] == [number not in cancelled for number in range(3)]
    for second in range(3):
        clock.advance(1 if second else 2)
        assert called == [number for number in range(second + 1) if number not in cancelled]
    assert not any(timer.active() for timer in made)
    assert clock.getDelayedCalls() == []


def test_cancelled_ones_behind_one_that_is_due(clock: Clock, called: list[object]) -> None:
    """Those that were cancelled before the first is due need no timer of the clock afterwards."""
    timers = timers_on(clock)
    timers.callLater(5, called.append, "due")
    clock.advance(1)
    for _ in range(3):
        timers.callLater(5, called.append, "cancelled").cancel()
    clock.advance(4)
    assert called == ["due"]
    assert clock.getDelayedCalls() == []


def test_one_that_cancels_another(clock: Clock, called: list[object]) -> None:
    """One that is due at the same time can still be cancelled by an earlier one, and cancelling again does nothing."""
    timers = timers_on(clock)
    later: list[Any] = []
    timers.callLater(1, lambda: [timer.cancel() for timer in later])
    later.append(timers.callLater(1, called.append, "later"))
    clock.advance(1)
    later[0].cancel()
    assert called == []


def test_one_that_makes_another(clock: Clock, called: list[object]) -> None:
    """One that is made while others of its length are called has its own time."""
    timers = timers_on(clock)
    timers.callLater(1, lambda: timers.callLater(1, called.append, "second"))
    clock.advance(1)
    assert called == []
    clock.advance(1)
    assert called == ["second"]


def test_one_that_fails(clock: Clock, called: list[object], log: Log) -> None:
    """A call that fails is logged, and the others that are due are called."""
    timers = timers_on(clock)
    timers.callLater(1, int, "x")
    timers.callLater(1, called.append, "other")
    clock.advance(1)
    assert called == ["other"]
    assert len(log.flush(ValueError)) == 1


@counts_references
def test_a_deadline_of_a_deferred(clock: Clock) -> None:
    """``addTimeout`` works with it, and leaves nothing behind, for the garbage collector either."""
    timers = timers_on(clock)
    gc.collect()
    in_time: Deferred[str] = Deferred().addTimeout(5, timers)
    in_time.callback("x")
    late: Deferred[str] = Deferred().addTimeout(5, timers, lambda failure, _: failure)
    clock.advance(5)
    failure_of(late, CancelledError)
    assert clock.getDelayedCalls() == []
    assert gc.collect() == 0
