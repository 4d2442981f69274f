"""Backends whose operations are counted and timed."""

from collections.abc import Callable
from typing import Any

from attrs import frozen
from twisted.internet.defer import CancelledError, Deferred
from twisted.internet.interfaces import IReactorTime
from twisted.python.failure import Failure
from zope.interface import implementer

from service.errors import ServiceError
from service.interfaces import IIMService, IPageFetcher, IUserDatabase, NeedOfMore
from service.metrics import Metrics
from service.tracing import Traced
from service.values import Contact, Page, User


@frozen
class Measured:
    """A ``backend`` whose operations are counted by ``name``, operation and outcome."""

    backend: Any
    name: str
    metrics: Metrics
    clock: IReactorTime

    def ping(self) -> Deferred[None]:
        """See ``IBackend.ping``."""
        return self._measure("ping", self.backend.ping)

    def close(self) -> Deferred[None]:
        """See ``IBackend.close``."""
        done: Deferred[None] = self.backend.close()
        return done

    def __conform__(self, interface: Any) -> Any:
        """Return what provides another interface: the backend itself, if it does."""
        return self.backend if interface.providedBy(self.backend) else None

    def _measure(self, operation: str, function: Callable[..., Deferred[Any]], *arguments: Any) -> Deferred[Any]:
        began = self.clock.seconds()
        try:
            d = function(*arguments)
        except Exception:
            self._record(None, operation, began, "bug")
            raise
        return d.addBoth(self._record, operation, began)

    def _record(self, result: Any, operation: str, began: float, outcome: str | None = None) -> Any:
        seconds = self.clock.seconds() - began
        outcome = outcome or outcome_of(result)
        self.metrics.observe("backend_duration_seconds", seconds, self.name, operation, outcome)
        return result


@implementer(IUserDatabase)
class MeasuredUserDatabase(Measured):
    """A user database, measured."""

    def get_user(self, username: str) -> Deferred[User | None]:
        return self._measure("get_user", self.backend.get_user, username)


@implementer(IIMService)
class MeasuredIMService(Measured):
    """An IM service, measured."""

    def get_contact_list(self, username: str, traced: Traced | None = None) -> Deferred[list[Contact]]:
        return self._measure("get_contact_list", self.backend.get_contact_list, username, traced)


@implementer(IPageFetcher)
class MeasuredPageFetcher(Measured):
    """A page fetcher, measured: the bytes of the pages, too."""

    def fetch(self, url: str, need: NeedOfMore) -> Deferred[Page]:
        return self._measure("fetch", self.backend.fetch, url, need).addCallback(self._count_bytes)

    def _count_bytes(self, page: Page) -> Page:
        if isinstance(page, Page):
            self.metrics.count("page_bytes", by=len(page.body))
        return page


def outcome_of(result: Any) -> str:
    """Return the outcome of an operation: ``ok``, the code of its error, ``cancelled`` or ``bug``."""
    if not isinstance(result, Failure):
        return "ok"
    if isinstance(result.value, ServiceError):
        return result.value.code
    return "cancelled" if result.check(CancelledError) else "bug"
