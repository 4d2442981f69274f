"""The concurrency limit of a backend."""

import pytest
from twisted.internet.defer import CancelledError, Deferred
from twisted.internet.task import Clock

from service.backends.limiter import Limiter
from service.errors import Overloaded, TimedOut
from tests.results import failure_of, result_of


class Work:
    """Operations that end when the test fires them."""

    def __init__(self) -> None:
        self.begun: list[Deferred[str]] = []
        self.cancelled = 0

    def __call__(self) -> Deferred[str]:
        self.begun.append(Deferred(self.cancel))
        return self.begun[-1]

    def cancel(self, _: object) -> None:
        self.cancelled += 1


@pytest.fixture
def limiter(clock: Clock) -> Limiter:
    return Limiter(backend="oracle", clock=clock, at_once=2, waiting=1, deadline=3)


def test_each_in_its_turn(limiter: Limiter) -> None:
    """At most ``at_once`` operations run; when one ends, the first in the queue starts."""
    work = Work()
    first, _, third = limiter.run(work), limiter.run(work), limiter.run(work)
    assert len(work.begun) == 2
    work.begun[0].callback("done")
    assert result_of(first) == "done"
    assert len(work.begun) == 3
    work.begun[2].callback("done, too")
    assert result_of(third) == "done, too"


def test_too_many(limiter: Limiter) -> None:
    """When the queue is full, the next operation fails immediately; one that is cancelled frees its place."""
    work = Work()
    inside = [limiter.run(work) for _ in range(3)]
    failure_of(limiter.run(work), Overloaded)
    inside[2].cancel()
    failure_of(inside[2], CancelledError)
    assert not limiter.run(work).called


def test_the_deadline(limiter: Limiter, clock: Clock) -> None:
    """The deadline includes the queue; the work is cancelled, and the failure names the slow backend."""
    work = Work()
    inside = [limiter.run(work) for _ in range(3)]
    clock.advance(3)
    for d in inside:
        assert str(failure_of(d, TimedOut)) == "no answer from the oracle within 3 seconds"
    assert work.cancelled == len(work.begun)


def test_work_that_raises(limiter: Limiter) -> None:
    """Work that raises fails and frees its place."""

    def raise_it() -> Deferred[str]:
        raise ValueError("boom")

    for _ in range(5):
        failure_of(limiter.run(raise_it), ValueError)
