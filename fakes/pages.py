"""An in-memory web: the pages of the slides, offline."""

from typing import Any, Self, cast

from attrs import evolve, frozen
from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IReactorTime
from twisted.python.failure import Failure
from zope.interface import implementer

from fakes.backend import FakeBackend
from fakes.faults import parse_faults
from fakes.injector import FaultInjector
from fakes.suggestions import suggest_faults
from service.errors import BackendError, BadRequest, ConnectError, DNSError, UpstreamStatus
from service.interfaces import IPageFetcher, ISuggesting, NeedOfMore
from service.tracing import Caller
from service.urls import WebAddress
from service.values import Page, Suggestion

#: URL without a trailing slash -> its page, or the status of its response.
KNOWN_PAGES: dict[str, bytes | int] = {
    "http://buildbot.net": b"<!doctype html><title>Buildbot</title><h1>Buildbot</h1>",
    "http://hudson.com": 404,
    "http://untitled.example": b"<!doctype html><p>This page has no title.",
}


@implementer(IPageFetcher, ISuggesting)
@frozen
class FakePageFetcher(FakeBackend):
    """A page fetcher for the pages of the slides; faults go in the path, as in ``http://buildbot.net/~slow``.

    ``others`` fetches the pages that it does not know; without it, their hosts do not exist.
    """

    others: IPageFetcher | None = None
    backend = "web server of the page"
    parameter = "url"

    @classmethod
    def from_url(cls, url: str, clock: IReactorTime, others: IPageFetcher | None = None) -> Self:
        """Create the fake from the URL of its flag.

        :raise ValueError: if the URL has an invalid option.
        """
        return cls(FaultInjector.from_url(url, clock, cls.backend, cls.parameter), others)

    def ping(self) -> Deferred[None]:
        """See ``IBackend.ping``: both must be reachable."""
        d = super().ping()
        others = self.others
        return d if others is None else d.addCallback(lambda _: others.ping())

    def close(self) -> Deferred[None]:
        return super().close() if self.others is None else self.others.close()

    def fetch(self, url: str, need: NeedOfMore, caller: Caller | None = None) -> Deferred[Page]:
        """See ``IPageFetcher.fetch``; the URL may end in faults. A malformed page is None."""
        if self.others is not None and page_at(url.partition("~")[0]) is None:
            return self.others.fetch(url, need, caller)
        d = self.injector.respond(without_home(url), as_page, cast("Any", None), caller=caller)
        if "~" in url:
            d.addCallback(without_caching)  # so that the next call has the fault, too
        return d.addErrback(or_no_connection)

    def suggestions(self) -> list[Suggestion]:
        first = next(iter(KNOWN_PAGES))
        return [*(Suggestion(url, about_page(page)) for url, page in KNOWN_PAGES.items()), *suggest_faults(f"{first}/")]


def page_at(url: str) -> bytes | int | None:
    """Return the known page at a URL, in any spelling, or the status of its response; None if it is not known."""
    try:
        address = WebAddress.parse(url)
    except BadRequest:
        return None
    return KNOWN_PAGES.get(f"{address.scheme}://{address.authority}{address.target}".rstrip("/"))


def as_page(url: str) -> Page:
    """Return the known page at a URL.

    :raise UpstreamStatus: if its server would answer with another status than 200.
    :raise DNSError: if the page is not known.
    """
    found = page_at(url)
    if found is None:
        raise DNSError("cannot be found")
    if isinstance(found, int):
        raise UpstreamStatus(found)
    return Page(url=url, final_url=url, content_type="text/html; charset=utf-8", body=found, storable=True)


def without_caching(page: Page) -> Page:
    """Forbid caching of a page, unless it is garbage."""
    return page and evolve(page, storable=False)


def without_home(url: str) -> str:
    """Return a URL up to its tilde if that begins no fault but the name of somebody whose home page is not known."""
    plain, _, faults = url.partition("~")
    if page_at(plain) is not None:
        return url
    try:
        parse_faults(faults)
    except ValueError:
        return plain
    return url


def about_page(page: bytes | int) -> str:
    """Describe what a URL leads to."""
    if isinstance(page, int):
        return f"its server answers with status {page}"
    return "has a title" if b"<title>" in page else "has no title"


def or_no_connection(failure: Failure) -> Failure:
    """Convert a ``BackendError`` to the ``ConnectError`` of a real fetcher; pass any other failure on."""
    return Failure(ConnectError("cannot be reached")) if failure.type is BackendError else failure
