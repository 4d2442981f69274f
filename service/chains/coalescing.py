"""Request coalescing: concurrent callers for one key share one operation; the last to cancel cancels it."""

from collections.abc import Callable, Hashable
from typing import Any, Generic, TypeVar

from attrs import Factory, define, field
from twisted.internet.defer import Deferred, maybeDeferred

T = TypeVar("T")


@define(eq=False)
class _Work(Generic[T]):
    """The operation for one key, and its waiters; ``forget`` is called when no more callers may join."""

    forget: Callable[[], object]
    _done: Deferred[Any] = Factory(Deferred)
    _waiters: list[Deferred[T]] = Factory(list)

    def join(self) -> Deferred[T]:
        waiter: Deferred[T] = Deferred(self._leave)
        self._waiters.append(waiter)
        return waiter

    def begin(self, start: Callable[[], Deferred[T]]) -> None:
        self._done = maybeDeferred(start)
        self._done.addBoth(self._deliver)

    def _leave(self, waiter: Deferred[T]) -> None:
        if waiter not in self._waiters:
            return  # the result is being delivered, and a waiter that has it cancels another
        self._waiters.remove(waiter)
        if not self._waiters:
            self.forget()
            self._done.cancel()

    def _deliver(self, result: Any) -> None:
        waiters, self._waiters = self._waiters, []
        if waiters:
            self.forget()
        for waiter in waiters:
            if not waiter.called:
                waiter.callback(result)


@define
class Coalescer(Generic[T]):
    """The operations in flight, by key."""

    _works: dict[Hashable, _Work[T]] = field(factory=dict, init=False)

    def join(self, key: Hashable, start: Callable[[], Deferred[T]]) -> Deferred[T]:
        """Join the operation in flight for a key, or begin one with ``start``.

        :return: the caller's own Deferred. It fires or fails as that of ``start`` does, and fails if ``start``
            raises; or fails with ``CancelledError`` if it is cancelled. The last to cancel cancels the operation.
        """
        if key in self._works:
            return self._works[key].join()
        work = self._works[key] = _Work(lambda: self._works.pop(key))
        waiter = work.join()
        work.begin(start)
        return waiter
