"""Cancellation that fails immediately with Twisted's ``CancelledError``."""

from collections.abc import Callable
from typing import Any, TypeVar

from twisted.internet.defer import CancelledError, Deferred

T = TypeVar("T")


def cancellable(d: Deferred[T]) -> Deferred[T]:
    """Make a Deferred fail with ``CancelledError`` when it is cancelled: an ``Agent``'s may not.

    :return: a Deferred that ends as the given one does; or fails with ``CancelledError`` if it is cancelled, which
        cancels the given one, too.
    """
    return _apart(d, d.cancel)


def shielded(d: Deferred[T]) -> Deferred[T]:
    """Shield work that cannot be stopped from cancellation: only the waiting is cancelled.

    :return: a Deferred that ends as the given one does; or fails with ``CancelledError`` if it is cancelled.
    """
    return _apart(d, lambda: None)


def _apart(d: Deferred[T], when_cancelled: Callable[[], None]) -> Deferred[T]:
    def cancel(cancelled: Deferred[T]) -> None:
        cancelled.errback(CancelledError())
        when_cancelled()

    def deliver(result: Any) -> None:
        if not answer.called:
            answer.callback(result)

    answer: Deferred[T] = Deferred(cancel)
    d.addBoth(deliver)
    return answer
