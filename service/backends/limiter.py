"""Concurrency limit for a backend, with a bounded queue and a deadline."""

from collections.abc import Callable
from typing import Any, TypeVar

from attrs import define, field
from twisted.internet.defer import Deferred, DeferredSemaphore, fail
from twisted.internet.interfaces import IReactorTime
from twisted.python.failure import Failure

from service.backends.cancelling import cancellable
from service.errors import Overloaded, TimedOut

T = TypeVar("T")

#: Seconds for an operation: fewer than a request has, so that the response can still name the slow backend.
DEADLINE = 4.0
#: Operations that may be queued.
WAITING = 500


@define(kw_only=True, eq=False)
class Limiter:
    """A limit of ``at_once`` concurrent operations on a backend, with ``waiting`` more in a queue.

    ``backend`` is its name in plain words; ``deadline`` is in seconds from the call of ``run``, the queue included.
    """

    backend: str
    clock: IReactorTime
    at_once: int
    waiting: int = WAITING
    deadline: float = DEADLINE
    _inside: int = field(default=0, init=False)
    _places: DeferredSemaphore = field(init=False)

    def __attrs_post_init__(self) -> None:
        self._places = DeferredSemaphore(self.at_once)

    @property
    def queued(self) -> int:
        """How many operations have not ended, those that wait for their turn included."""
        return self._inside

    def run(self, work: Callable[..., Deferred[T]], *args: object) -> Deferred[T]:
        """Run an operation on the backend when its turn comes.

        :return: a Deferred that ends as the one of ``work`` does, also if ``work`` raises; or fails with ``Overloaded``
            if the queue is full, or with ``TimedOut``. Cancelling it cancels the one of ``work``.
        """
        if self._inside >= self.at_once + self.waiting:
            return fail(Overloaded(f"the {self.backend} is busy; try again in 1 second"))
        self._inside += 1
        d = cancellable(self._places.run(work, *args))
        d.addTimeout(self.deadline, self.clock, self._as_timed_out)
        return d.addBoth(self._leave)

    def _as_timed_out(self, _: object, seconds: float) -> Failure:
        return Failure(TimedOut(seconds, f"answer from the {self.backend}"))

    def _leave(self, result: Any) -> Any:
        self._inside -= 1
        return result
