"""The web, in memory: the slides' own pages, offline."""

from typing import Any, Self, cast

from attrs import frozen
from twisted.internet.defer import Deferred, succeed
from twisted.internet.interfaces import IReactorTime
from twisted.python.failure import Failure
from zope.interface import implementer

from fakes.injector import FaultInjector
from fakes.suggestions import suggest_faults
from service.errors import BackendError, ConnectError, DNSError, UpstreamStatus
from service.interfaces import Enough, IPageFetcher, ISuggesting
from service.values import Page, Suggestion

#: Address, without a trailing slash -> what it leads to: a page, or a status.
KNOWN_PAGES: dict[str, bytes | int] = {
    "http://buildbot.net": b"<!doctype html><title>Buildbot</title><h1>Buildbot</h1>",
    "http://hudson.com": 404,
    "http://untitled.example": b"<!doctype html><p>This page has no title.",
}


@implementer(IPageFetcher, ISuggesting)
@frozen
class FakePageFetcher:
    """Knows the pages of the slides; faults stand in the path, as in ``http://buildbot.net/~slow``."""

    injector: FaultInjector

    @classmethod
    def from_url(cls, url: str, clock: IReactorTime) -> Self:
        """Make one as ``--pages`` asks for it.

        :raise ValueError: if the options of the URL are wrong.
        """
        return cls(FaultInjector.from_url(url, clock, "web server of the page"))

    def ping(self) -> Deferred[None]:
        """See ``IBackend.ping``."""
        return self.injector.respond("", lambda _: None, None)

    def close(self) -> Deferred[None]:
        """See ``IBackend.close``: there is nothing to let go of."""
        return succeed(None)

    def fetch(self, url: str, enough: Enough) -> Deferred[Page]:  # noqa: ARG002  its pages are short
        """See ``IPageFetcher.fetch``; the address may end in faults. A malformed page is none at all."""
        return self.injector.respond(url, self._page, cast("Any", None)).addErrback(or_no_connection)

    def suggestions(self) -> list[Suggestion]:
        """See ``ISuggesting.suggestions``."""
        first = next(iter(KNOWN_PAGES))
        return [*(Suggestion(url, about_page(page)) for url, page in KNOWN_PAGES.items()), *suggest_faults(f"{first}/")]

    def _page(self, url: str) -> Page:
        found = KNOWN_PAGES.get(url.rstrip("/"))
        if found is None:
            raise DNSError("cannot be found")
        if isinstance(found, int):
            raise UpstreamStatus(found)
        return Page(url=url, final_url=url, content_type="text/html; charset=utf-8", body=found)


def about_page(page: bytes | int) -> str:
    """Say what an address leads to."""
    if isinstance(page, int):
        return f"its server answers with status {page}"
    return "has a title" if b"<title>" in page else "has no title"


def or_no_connection(failure: Failure) -> Failure:
    """Call a server that is down what it is called where there are real ones; let any other failure pass."""
    return Failure(ConnectError("cannot be reached")) if failure.type is BackendError else failure
