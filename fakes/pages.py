"""An in-memory web: the pages of the slides, offline."""

from typing import Any, cast

from twisted.internet.defer import Deferred
from twisted.python.failure import Failure
from zope.interface import implementer

from fakes.backend import FakeBackend
from fakes.faults import parse_faults
from fakes.suggestions import suggest_faults
from service.errors import BackendError, ConnectError, DNSError, UpstreamStatus
from service.interfaces import IPageFetcher, ISuggesting, NeedOfMore
from service.values import Page, Suggestion

#: URL without a trailing slash -> its page, or the status of its response.
KNOWN_PAGES: dict[str, bytes | int] = {
    "http://buildbot.net": b"<!doctype html><title>Buildbot</title><h1>Buildbot</h1>",
    "http://hudson.com": 404,
    "http://untitled.example": b"<!doctype html><p>This page has no title.",
}


@implementer(IPageFetcher, ISuggesting)
class FakePageFetcher(FakeBackend):
    """A page fetcher for the pages of the slides; faults go in the path, as in ``http://buildbot.net/~slow``."""

    backend = "web server of the page"
    parameter = "url"

    def fetch(self, url: str, need: NeedOfMore) -> Deferred[Page]:  # noqa: ARG002  its pages are short
        """See ``IPageFetcher.fetch``; the URL may end in faults. A malformed page is None."""
        return self.injector.respond(without_home(url), self._page, cast("Any", None)).addErrback(or_no_connection)

    def suggestions(self) -> list[Suggestion]:
        first = next(iter(KNOWN_PAGES))
        return [*(Suggestion(url, about_page(page)) for url, page in KNOWN_PAGES.items()), *suggest_faults(f"{first}/")]

    def _page(self, url: str) -> Page:
        found = KNOWN_PAGES.get(url.rstrip("/"))
        if found is None:
            raise DNSError("cannot be found")
        if isinstance(found, int):
            raise UpstreamStatus(found)
        return Page(url=url, final_url=url, content_type="text/html; charset=utf-8", body=found)


def without_home(url: str) -> str:
    """Return a URL up to its tilde if that begins no fault but the name of somebody whose home page is not known."""
    plain, _, faults = url.partition("~")
    if plain.rstrip("/") in KNOWN_PAGES:
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
