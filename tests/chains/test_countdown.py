"""``count_down``: a tick per second, and a Deferred that fires with the last tick."""

import pytest
from hypothesis import given, strategies as st
from twisted.internet.defer import CancelledError, Deferred
from twisted.internet.task import Clock

from service.chains.countdown import count_down, resume_count_down
from tests.results import failure_of, outcomes_of, result_of


def test_the_first_tick_comes_at_once(clock: Clock) -> None:
    """The first tick comes before the function returns, the others a second apart."""
    ticks: list[int] = []
    count_down(3, clock, ticks.append)
    assert ticks == [3]
    clock.advance(0.99)
    assert ticks == [3]
    clock.advance(0.01)
    assert ticks == [3, 2]


@given(st.integers(0, 50))
def test_it_fires_in_the_turn_of_the_last_tick(n: int) -> None:
    """A countdown from any n fires with the last tick, after n seconds and not before."""
    clock = Clock()
    seen: list[object] = []
    d = count_down(n, clock, seen.append)
    d.addCallback(seen.append)
    clock.pump([1] * max(0, n - 1))
    assert n == 0 or None not in seen
    clock.advance(1)
    assert seen == [*range(n, -1, -1), None]
    assert clock.getDelayedCalls() == []


def test_from_nothing(clock: Clock) -> None:
    """A countdown from 0 ticks once and has already fired."""
    ticks: list[int] = []
    assert result_of(count_down(0, clock, ticks.append)) is None
    assert ticks == [0]


@pytest.mark.parametrize("after", [0, 0.5, 1, 2.9])
def test_cancelling_stops_the_timer(clock: Clock, after: float) -> None:
    """A countdown that is cancelled fails and leaves no timer."""
    ticks: list[int] = []
    d = count_down(3, clock, ticks.append)
    clock.advance(after)
    d.cancel()
    failure_of(d, CancelledError)
    assert clock.getDelayedCalls() == []


def test_a_tick_that_cancels(clock: Clock) -> None:
    """The callback may cancel the countdown during a tick."""
    d: Deferred[None] = Deferred()

    def cancel_at_two(left: int) -> None:
        if left == 2:
            d.cancel()

    d = count_down(3, clock, cancel_at_two)
    clock.advance(1)
    failure_of(d, CancelledError)
    assert clock.getDelayedCalls() == []


@pytest.mark.parametrize("bad", [3, 2, 0])
def test_a_tick_that_raises(clock: Clock, bad: int) -> None:
    """An exception in the callback fails the Deferred and ends the count, also in a timer."""

    def raise_at_bad(left: int) -> None:
        if left == bad:
            raise LookupError

    d = count_down(3, clock, raise_at_bad)
    clock.pump([1] * 3)
    failure_of(d, LookupError)
    assert clock.getDelayedCalls() == []


def test_resuming(clock: Clock) -> None:
    """A resumed countdown continues with the next number, a second later."""
    ticks: list[int] = []
    d = resume_count_down(3, clock, ticks.append)
    assert ticks == []
    clock.advance(1)
    assert ticks == [2]
    clock.pump([1, 1])
    assert ticks == [2, 1, 0]
    assert result_of(d) is None


def test_resuming_after_the_last_tick(clock: Clock) -> None:
    """A countdown resumed after its last tick has already fired."""
    ticks: list[int] = []
    assert result_of(resume_count_down(0, clock, ticks.append)) is None
    assert ticks == []


@pytest.mark.parametrize("after", [0.5, 1.5])
def test_cancelling_what_is_resumed(clock: Clock, after: float) -> None:
    """A resumed countdown can be cancelled before and after its first tick."""
    d = resume_count_down(3, clock, lambda _: None)
    clock.advance(after)
    assert outcomes_of(d) == []
    d.cancel()
    assert clock.getDelayedCalls() == []
