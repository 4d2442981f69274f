"""Backends whose operations are counted and timed."""

from collections.abc import Callable
from typing import Any, ClassVar

from attrs import define, field
from twisted.internet.defer import CancelledError, Deferred
from twisted.internet.interfaces import IReactorTime
from twisted.python.failure import Failure
from zope.interface import implementer

from service.errors import ServiceError
from service.interfaces import IIMService, IPageFetcher, IUserDatabase, NeedOfMore
from service.metrics import Histogram, Metrics
from service.tracing import Caller
from service.values import Contact, Page, User

#: The name of the metric.
DURATION = "backend_duration_seconds"


@define(eq=False)
class Operation:
    """An operation of a backend, counted and timed by the names of both and by its outcome."""

    function: Callable[..., Deferred[Any]]
    backend: str
    name: str
    metrics: Metrics
    seconds: Callable[[], float]
    _succeeded: Histogram = field(init=False)

    def __attrs_post_init__(self) -> None:
        self._succeeded = self.metrics.histogram(DURATION, self.backend, self.name, "ok")

    def __call__(self, *arguments: Any) -> Deferred[Any]:
        began = self.seconds()
        try:
            d = self.function(*arguments)
        except Exception:
            self._fail("bug", began)
            raise
        return d.addBoth(self._end, began)

    def _end(self, result: Any, began: float) -> Any:
        if isinstance(result, Failure):
            self._fail(outcome_of(result), began)
        else:
            self._succeeded.observe(self.seconds() - began)
        return result

    def _fail(self, outcome: str, began: float) -> None:
        self.metrics.observe(DURATION, self.seconds() - began, self.backend, self.name, outcome)


class Measured:
    """A ``backend`` whose operations are counted by its ``name``, what they are, and their outcome."""

    def __init__(self, backend: Any, name: str, metrics: Metrics, clock: IReactorTime) -> None:
        self.backend = backend
        self.metrics = metrics
        self._operations = {
            operation: Operation(getattr(backend, operation), name, operation, metrics, clock.seconds)
            for operation in ("ping", *self.operations)
        }

    #: What it can do, but for what every backend can.
    operations: ClassVar[tuple[str, ...]] = ()

    def ping(self) -> Deferred[None]:
        """See ``IBackend.ping``."""
        return self._operations["ping"]()

    def close(self) -> Deferred[None]:
        """See ``IBackend.close``."""
        done: Deferred[None] = self.backend.close()
        return done

    def __conform__(self, interface: Any) -> Any:
        """Return what provides another interface: the backend itself, if it does."""
        return self.backend if interface.providedBy(self.backend) else None


@implementer(IUserDatabase)
class MeasuredUserDatabase(Measured):
    """A user database, measured."""

    operations = ("get_user",)

    def get_user(self, username: str, caller: Caller | None = None) -> Deferred[User | None]:
        return self._operations["get_user"](username, caller)


@implementer(IIMService)
class MeasuredIMService(Measured):
    """An IM service, measured."""

    operations = ("get_contact_list",)

    def get_contact_list(self, username: str, caller: Caller | None = None) -> Deferred[list[Contact]]:
        return self._operations["get_contact_list"](username, caller)


@implementer(IPageFetcher)
class MeasuredPageFetcher(Measured):
    """A page fetcher, measured: the bytes of the pages, too."""

    operations = ("fetch",)

    def fetch(self, url: str, need: NeedOfMore, caller: Caller | None = None) -> Deferred[Page]:
        return self._operations["fetch"](url, need, caller).addCallback(self._count_bytes)

    def _count_bytes(self, page: Page) -> Page:
        if isinstance(page, Page):
            self.metrics.count("page_bytes", by=len(page.body))
        return page


def outcome_of(failure: Failure) -> str:
    """Return the outcome of an operation that has failed: the code of its error, ``cancelled`` or ``bug``."""
    if isinstance(failure.value, ServiceError):
        return failure.value.code
    return "cancelled" if failure.check(CancelledError) else "bug"
