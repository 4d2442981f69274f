"""What is that page called: the chain between the page fetcher and the web."""

from typing import Any

from attrs import frozen
from twisted.internet.defer import Deferred, succeed
from twisted.logger import Logger
from twisted.python.failure import Failure

from service.errors import BackendError, NotHTML
from service.html import find_title
from service.interfaces import IPageFetcher
from service.values import Page, Title

_log = Logger()

_HTML_TYPES = ("text/html", "application/xhtml+xml")


@frozen
class Titles:
    """The titles of the pages that a fetcher can reach."""

    pages: IPageFetcher

    def get_page_title(self, url: str) -> Deferred[Title]:
        """Fetch a page and read its title.

        :return: a Deferred that fires with the ``Title``; or fails as ``IPageFetcher.fetch`` does, or with
            ``NotHTML`` if what was fetched is no HTML page.
        """
        d: Deferred[Any] = succeed(url)
        d.addCallback(self.pages.fetch)
        d.addCallback(as_title)
        return d.addErrback(log_no_title, url)


def as_title(page: Page) -> Title:
    """Read the title out of a page; one that does not say what it is counts as HTML, as in a browser.

    :raise NotHTML: if the page says that it is something else.
    :raise BackendError: if it is no ``Page``.
    """
    if not isinstance(page, Page):
        raise BackendError("page fetcher", "answered with a malformed page")
    media_type = (page.content_type or "text/html").partition(";")[0].strip().lower()
    if media_type not in _HTML_TYPES:
        raise NotHTML("what the address leads to is not an HTML page")
    found = find_title(page.body, page.content_type, truncated=page.truncated)
    return Title(
        title=found.text,
        url=page.url,
        final_url=page.final_url,
        charset=found.charset,
        truncated=found.truncated,
    )


def log_no_title(failure: Failure, url: str) -> Failure:
    """Note which page has no title to be had, and pass the failure on: a nonterminal errback."""
    _log.warn("no title of {url!r}: {reason}", url=url, reason=failure.value.__class__.__name__)
    return failure
