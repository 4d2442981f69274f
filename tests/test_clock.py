"""The clock that stands still until it is told to advance."""

from typing import Any

import pytest
from twisted.internet.defer import CancelledError, Deferred
from twisted.internet.error import AlreadyCalled
from twisted.internet.interfaces import IReactorTime
from twisted.internet.task import Clock, LoopingCall, deferLater
from zope.interface.verify import verifyObject

from service.clock import ManualClock
from service.timers import timers_on
from tests.log import Log
from tests.results import failure_of, is_pending, result_of


@pytest.fixture
def manual(clock: Clock) -> ManualClock:
    return ManualClock(clock)


def advance(manual: ManualClock, seconds: float) -> list[str]:
    """Advance, with as many turns of the reactor as it takes."""
    clock: Any = manual.reactor
    d = manual.advance(seconds)
    while is_pending(d):
        clock.advance(0)
    return result_of(d)


def test_its_interface(manual: ManualClock) -> None:
    """It is a clock like the reactor."""
    verifyObject(IReactorTime, manual)


def test_it_stands_still(manual: ManualClock, clock: Clock) -> None:
    """However long the reactor runs, no time passes."""
    called: list[int] = []
    call = manual.callLater(1, called.append, 1)
    clock.advance(1000)
    assert (manual.seconds(), called, manual.getDelayedCalls()) == (0, [], [call])


def test_in_order(manual: ManualClock) -> None:
    """What is due is run at its time, in order, and so is what becomes due meanwhile."""
    seen: list[tuple[str, float]] = []

    def first() -> None:
        seen.append(("first", manual.seconds()))
        manual.callLater(0.5, second)

    def second() -> None:
        seen.append(("second", manual.seconds()))

    def third() -> None:
        seen.append(("third", manual.seconds()))

    manual.callLater(3, third)
    manual.callLater(1, first)
    manual.callLater(5, third)
    assert advance(manual, 4) == ["first", "second", "third"]
    assert seen == [("first", 1), ("second", 1.5), ("third", 3)]
    assert (manual.seconds(), manual.due()) == (4, [("third", 5)])


def test_a_turn_between(manual: ManualClock, clock: Clock) -> None:
    """Between two moments the reactor has a turn, in which it can send what follows from the first."""
    seen: list[object] = []
    manual.callLater(1, clock.callLater, 0, seen.append, "sent")
    manual.callLater(2, seen.append, "due")
    advance(manual, 2)
    assert seen == ["sent", "due"]


def test_without_a_wait(manual: ManualClock, clock: Clock) -> None:
    """What needs no time runs in the next turn, even if the clock stands still."""
    d: Deferred[object] = deferLater(manual, 0)
    assert not d.called
    clock.advance(0)
    assert result_of(d) is None


def test_one_after_the_other(manual: ManualClock, clock: Clock) -> None:
    """A second advance begins when the first has ended."""
    seen: list[float] = []
    manual.callLater(1, lambda: seen.append(manual.seconds()))
    manual.callLater(3, lambda: seen.append(manual.seconds()))
    advances = [manual.advance(2), manual.advance(2)]
    clock.pump([0] * 200)
    assert not any(map(is_pending, advances))
    assert (seen, manual.seconds()) == ([1, 3], 4)


def test_a_sum_of_seconds(manual: ManualClock) -> None:
    """What is due after 0.1 and 0.2 seconds is due after 0.3 seconds, though floating-point numbers do not add up."""
    d: Deferred[None] = deferLater(manual, 0.1)
    d.addCallback(lambda _: deferLater(manual, 0.2))
    advance(manual, 0.3)
    assert result_of(d) is None


def test_running_on(manual: ManualClock, clock: Clock) -> None:
    """Once it may run, time passes as it does for the reactor, from where it stood."""
    called: list[float] = []
    manual.callLater(12, lambda: called.append(manual.seconds()))
    advance(manual, 10)
    manual.run_on()
    manual.run_on()  # once more changes nothing
    clock.advance(1)
    assert (manual.seconds(), called) == (11, [])
    clock.advance(1)
    assert called == [12]


def test_advancing_while_it_runs(manual: ManualClock, clock: Clock) -> None:
    """A clock that runs can be advanced, too: what is due then comes sooner."""
    manual.run_on()
    called: list[int] = []
    manual.callLater(100, called.append, 1)
    advance(manual, 50)
    clock.advance(20)
    assert called == []
    clock.advance(30)
    assert called == [1]


def test_cancelled_calls(manual: ManualClock, clock: Clock) -> None:
    """A call that is cancelled, or was called, is not due; one that is cancelled by the one before it is not run."""
    first = manual.callLater(0, lambda: second.cancel())  # noqa: PLW0108  there is no second yet
    second = manual.callLater(0, pytest.fail)
    manual.callLater(5, pytest.fail).cancel()
    clock.advance(0)
    assert manual.getDelayedCalls() == []
    with pytest.raises(AlreadyCalled):
        first.cancel()


def test_calls_that_are_put_off(manual: ManualClock) -> None:
    """A call that is reset or delayed is due at its new time."""
    seen: list[str] = []
    manual.callLater(1, seen.append, "delayed").delay(5)
    manual.callLater(9, seen.append, "reset").reset(2)
    assert advance(manual, 3) == ["append"]
    assert (list(seen), advance(manual, 3)) == (["reset"], ["append"])


def test_an_error(manual: ManualClock, log: Log) -> None:
    """A call that raises is logged, and the others are run."""
    seen: list[int] = []
    manual.callLater(1, seen.index, 0)
    manual.callLater(1, seen.append, 1)
    advance(manual, 1)
    assert (seen, len(log.flush(ValueError))) == ([1], 1)


def test_a_cancelled_advance(manual: ManualClock, clock: Clock) -> None:
    """An advance that is cancelled leaves the clock where it is, and the next one can begin."""
    manual.callLater(1, lambda: clock.callLater(0, d.cancel))
    manual.callLater(2, pytest.fail)
    d = manual.advance(10)
    clock.pump([0] * 100)
    failure_of(d, CancelledError)
    assert manual.seconds() == 1
    assert advance(manual, 0.5) == []
    manual.getDelayedCalls()[0].cancel()


def test_names(manual: ManualClock) -> None:
    """What is due has the name of its function, of the errback of a timeout, or of what has set Twisted's timer."""

    def or_time_out(_: object, __: float) -> None: ...

    def tick() -> None: ...

    def wait_for_it() -> None:
        manual.callLater(3, d.callback, None)

    d: Deferred[None] = Deferred()
    d.addTimeout(1, timers_on(manual), or_time_out)
    d.addTimeout(2, manual)
    wait_for_it()
    loop = LoopingCall(tick)
    loop.clock = manual
    loop.start(4, now=False)
    assert [name for name, _ in manual.due()] == ["or_time_out", "addTimeout", "wait_for_it", "tick"]
    loop.stop()
