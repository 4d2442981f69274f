"""What is cancelled fails with Twisted's ``CancelledError``, at once, whatever it is made of."""

from collections.abc import Callable
from typing import Any, TypeVar

from twisted.internet.defer import CancelledError, Deferred

T = TypeVar("T")


def cancellable(d: Deferred[T]) -> Deferred[T]:
    """Make sure that a Deferred which is cancelled fails with ``CancelledError``: an ``Agent``'s may not.

    :return: a Deferred that ends as the given one does; or fails with ``CancelledError`` if it is cancelled, as the
        given one then is, too.
    """
    return _apart(d, d.cancel)


def shielded(d: Deferred[T]) -> Deferred[T]:
    """Let a Deferred go on that cannot be stopped, while who waits for it may leave.

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
