"""Looking at a Deferred: what it has fired with, what it has failed of, or that it waits."""

from typing import Any, TypeVar

from twisted.internet.defer import Deferred
from twisted.python.failure import Failure

T = TypeVar("T")


def outcomes_of(d: Deferred[Any]) -> list[Any]:
    """Take what a Deferred has now, a result or a Failure; nothing if it waits."""
    seen: list[Any] = []
    d.addBoth(seen.append)
    return seen


def result_of(d: Deferred[T]) -> T:
    """Take the result of a Deferred that has fired."""
    [result] = outcomes_of(d)
    assert not isinstance(result, Failure), result
    taken: T = result
    return taken


def failure_of(d: Deferred[Any], error: type[BaseException]) -> Any:
    """Take the exception of that type that a Deferred has failed with."""
    [failure] = outcomes_of(d)
    assert isinstance(failure, Failure)
    assert failure.check(error), failure
    return failure.value
