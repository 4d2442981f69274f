"""Work that many wait for: done once, ended for all, stopped when nobody waits."""

from collections.abc import Callable

import pytest
from twisted.internet.defer import CancelledError, Deferred, fail, succeed

from service.chains.coalescing import Coalescer
from tests.results import failure_of, outcomes_of, result_of


class Works:
    """Counts what was started, and what was cancelled."""

    def __init__(self) -> None:
        self.started: list[Deferred[str]] = []
        self.cancelled = 0

    def start(self) -> Deferred[str]:
        d: Deferred[str] = Deferred(self.cancel)
        self.started.append(d)
        return d

    def cancel(self, _: Deferred[str]) -> None:
        self.cancelled += 1


@pytest.fixture
def works() -> Works:
    return Works()


@pytest.fixture
def sharing() -> Coalescer[str]:
    return Coalescer()


def test_it_is_done_once_for_all(sharing: Coalescer[str], works: Works) -> None:
    """Those who join while it is under way wait for the same work, and get the same result."""
    waiters = [sharing.join("a", works.start) for _ in range(3)]
    assert len(works.started) == 1
    works.started[0].callback("done")
    assert [result_of(waiter) for waiter in waiters] == ["done"] * 3


def test_each_key_has_its_own(sharing: Coalescer[str], works: Works) -> None:
    """Work for another key is another work."""
    waiters = [sharing.join(key, works.start) for key in "ab"]
    works.started[1].callback("b")
    assert outcomes_of(waiters[0]) == []
    assert result_of(waiters[1]) == "b"


def test_afterwards_it_is_done_anew(sharing: Coalescer[str]) -> None:
    """What has ended is not kept."""
    assert result_of(sharing.join("a", lambda: succeed("one"))) == "one"
    assert result_of(sharing.join("a", lambda: succeed("two"))) == "two"


def test_a_failure_is_everybodys(sharing: Coalescer[str], works: Works) -> None:
    """All who wait fail with what the work failed with."""
    waiters = [sharing.join("a", works.start) for _ in range(2)]
    works.started[0].errback(LookupError())
    for waiter in waiters:
        failure_of(waiter, LookupError)


def start_and_raise() -> Deferred[str]:
    raise LookupError


@pytest.mark.parametrize("start", [lambda: fail(LookupError()), start_and_raise])
def test_work_that_fails_at_once(sharing: Coalescer[str], start: Callable[[], Deferred[str]]) -> None:
    """Work that fails or raises when it is started is a failure of the one who started it, and is not kept."""
    failure_of(sharing.join("a", start), LookupError)
    assert result_of(sharing.join("a", lambda: succeed("two"))) == "two"


def test_who_leaves_does_not_stop_it(sharing: Coalescer[str], works: Works) -> None:
    """One who leaves fails with CancelledError, and the others wait on."""
    first, second = sharing.join("a", works.start), sharing.join("a", works.start)
    first.cancel()
    failure_of(first, CancelledError)
    assert works.cancelled == 0
    works.started[0].callback("done")
    assert result_of(second) == "done"


def test_the_last_one_stops_it(sharing: Coalescer[str], works: Works) -> None:
    """When the last one leaves, the work is cancelled, and whoever comes then starts it anew."""
    waiters = [sharing.join("a", works.start) for _ in range(2)]
    for waiter in waiters:
        waiter.cancel()
        failure_of(waiter, CancelledError)
    assert works.cancelled == 1
    d = sharing.join("a", works.start)
    assert len(works.started) == 2
    works.started[1].callback("again")
    assert result_of(d) == "again"


def test_work_that_ends_late(sharing: Coalescer[str]) -> None:
    """Work that was cancelled and takes its time to end does not disturb its successor."""
    slow: Deferred[str] = Deferred(lambda d: None)
    stubborn: Deferred[str] = Deferred()
    slow.addErrback(lambda _: stubborn)
    sharing.join("a", lambda: slow).addErrback(lambda _: None).cancel()
    d = sharing.join("a", Deferred)
    stubborn.callback("too late")
    assert outcomes_of(d) == []
    assert outcomes_of(sharing.join("a", lambda: succeed("not asked"))) == []


def test_one_who_has_the_result_cancels_another(sharing: Coalescer[str], works: Works) -> None:
    """While the result is being delivered, a waiter may be cancelled by one that already has it."""
    first, second = sharing.join("a", works.start), sharing.join("a", works.start)
    first.addCallback(lambda _: second.cancel())
    works.started[0].callback("done")
    failure_of(second, CancelledError)
