"""Request coalescing."""

from collections.abc import Callable

import pytest
from twisted.internet.defer import CancelledError, Deferred, fail, succeed

from service.chains.coalescing import Coalescer
from tests.results import failure_of, outcomes_of, result_of


class Works:
    """A counter of operations started and cancelled."""

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
    """Callers that join an operation in flight get its result."""
    waiters = [sharing.join("a", works.start) for _ in range(3)]
    assert len(works.started) == 1
    works.started[0].callback("done")
    assert [result_of(waiter) for waiter in waiters] == ["done"] * 3


def test_each_key_has_its_own(sharing: Coalescer[str], works: Works) -> None:
    """Each key has its own operation."""
    waiters = [sharing.join(key, works.start) for key in "ab"]
    works.started[1].callback("b")
    assert outcomes_of(waiters[0]) == []
    assert result_of(waiters[1]) == "b"


def test_afterwards_it_is_done_anew(sharing: Coalescer[str]) -> None:
    """A result is not cached."""
    assert result_of(sharing.join("a", lambda: succeed("one"))) == "one"
    assert result_of(sharing.join("a", lambda: succeed("two"))) == "two"


def test_a_failure_is_everybodys(sharing: Coalescer[str], works: Works) -> None:
    """Every waiter fails with the failure of the operation."""
    waiters = [sharing.join("a", works.start) for _ in range(2)]
    works.started[0].errback(LookupError())
    for waiter in waiters:
        failure_of(waiter, LookupError)


def start_and_raise() -> Deferred[str]:
    raise LookupError


@pytest.mark.parametrize("start", [lambda: fail(LookupError()), start_and_raise])
def test_work_that_fails_at_once(sharing: Coalescer[str], start: Callable[[], Deferred[str]]) -> None:
    """An operation that fails immediately, or raises, fails its caller and is not cached."""
    failure_of(sharing.join("a", start), LookupError)
    assert result_of(sharing.join("a", lambda: succeed("two"))) == "two"


def test_who_leaves_does_not_stop_it(sharing: Coalescer[str], works: Works) -> None:
    """A waiter that cancels fails with CancelledError, and the others keep waiting."""
    first, second = sharing.join("a", works.start), sharing.join("a", works.start)
    first.cancel()
    failure_of(first, CancelledError)
    assert works.cancelled == 0
    works.started[0].callback("done")
    assert result_of(second) == "done"


def test_the_last_one_stops_it(sharing: Coalescer[str], works: Works) -> None:
    """The last waiter to cancel cancels the operation, and the next caller begins a new one."""
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
    """A cancelled operation that ends late does not affect its successor."""
    slow: Deferred[str] = Deferred(lambda d: None)
    stubborn: Deferred[str] = Deferred()
    slow.addErrback(lambda _: stubborn)
    sharing.join("a", lambda: slow).addErrback(lambda _: None).cancel()
    d = sharing.join("a", Deferred)
    stubborn.callback("too late")
    assert outcomes_of(d) == []
    assert outcomes_of(sharing.join("a", lambda: succeed("not asked"))) == []


def test_one_who_has_the_result_cancels_another(sharing: Coalescer[str], works: Works) -> None:
    """A waiter that already has the result may cancel another during delivery."""
    first, second = sharing.join("a", works.start), sharing.join("a", works.start)
    first.addCallback(lambda _: second.cancel())
    works.started[0].callback("done")
    failure_of(second, CancelledError)
