"""In front of a backend: so many operations at once, so many that wait for their turn, and a deadline for each."""

from collections.abc import Callable
from typing import Any, TypeVar

from attrs import define, field
from twisted.internet.defer import Deferred, DeferredSemaphore, fail
from twisted.internet.interfaces import IReactorTime
from twisted.python.failure import Failure

from service.backends.cancelling import cancellable
from service.errors import Overloaded, TimedOut

T = TypeVar("T")

#: Seconds for an operation: fewer than a request has, so that its answer can still say who took too long.
DEADLINE = 4.0
#: Operations that wait for their turn.
WAITING = 500


@define(kw_only=True, eq=False)
class Limiter:
    """Lets ``at_once`` operations through to a backend, and ``waiting`` more wait for their turn.

    ``backend`` is its name in plain words; ``deadline`` is in seconds, from when something is asked for.
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

    def run(self, work: Callable[..., Deferred[T]], *args: object) -> Deferred[T]:
        """Do something with the backend when its turn has come.

        :return: a Deferred that ends as the one of ``work`` does, also where that raises; or fails with ``Overloaded``
            if too many wait already, or with ``TimedOut``. To cancel it cancels the one of ``work``.
        """
        if self._inside >= self.at_once + self.waiting:
            return fail(Overloaded(f"too much is asked of the {self.backend} at once; try again"))
        self._inside += 1
        d = cancellable(self._places.run(work, *args))
        d.addTimeout(self.deadline, self.clock, self._as_timed_out)
        return d.addBoth(self._leave)

    def _as_timed_out(self, _: object, seconds: float) -> Failure:
        return Failure(TimedOut(seconds, f"answer of the {self.backend}"))

    def _leave(self, result: Any) -> Any:
        self._inside -= 1
        return result
