"""The state of a Deferred: its result, its failure, or still pending."""

from typing import Any, TypeVar

from twisted.internet.defer import Deferred
from twisted.python.failure import Failure

T = TypeVar("T")


def outcomes_of(d: Deferred[Any]) -> list[Any]:
    """Return a list of the result or Failure of a Deferred, empty until it fires."""
    seen: list[Any] = []
    d.addBoth(seen.append)
    return seen


def is_pending(d: Deferred[Any]) -> bool:
    """Return whether a Deferred has neither a result nor a failure: it has not fired, or waits for another one."""
    return not d.called or d.paused > 0


def result_of(d: Deferred[T]) -> T:
    """Return the result of a Deferred that has fired."""
    [result] = outcomes_of(d)
    assert not isinstance(result, Failure), result
    taken: T = result
    return taken


def failure_of(d: Deferred[Any], error: type[BaseException]) -> Any:
    """Return the exception, of a given type, that a Deferred has failed with."""
    [failure] = outcomes_of(d)
    assert isinstance(failure, Failure)
    assert failure.check(error), failure
    return failure.value
