"""Page titles: the chain from ``ajax_get_page_title`` to the page fetcher."""

from typing import Any

from attrs import frozen
from twisted.internet.defer import Deferred, succeed
from twisted.logger import Logger
from twisted.python.failure import Failure

from service.errors import BadResponse, NotHTML
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
            ``NotHTML`` if the page is not HTML, or ``BadResponse`` if the fetcher fired with anything but a page.
        """
        d: Deferred[Any] = succeed(url)
        d.addCallback(self.pages.fetch, is_settled)
        d.addCallback(as_title)
        return d.addErrback(log_no_title, url)


def is_settled(body: bytes, content_type: str | None) -> bool:
    """Return whether the beginning of a page settles its title, or shows that the page is not HTML."""
    return not is_html(content_type) or find_title(body, content_type, truncated=True).settled


def is_html(content_type: str | None) -> bool:
    """Return whether a Content-Type means HTML; a missing one does, as in a browser."""
    return (content_type or "text/html").partition(";")[0].strip().lower() in _HTML_TYPES


def as_title(page: Page) -> Title:
    """Parse the title of a page.

    :raise NotHTML: if the page has a Content-Type other than HTML.
    :raise BadResponse: if it is not a ``Page``.
    """
    if not isinstance(page, Page):
        raise BadResponse("returned no page")
    if not is_html(page.content_type):
        raise NotHTML
    found = find_title(page.body, page.content_type, truncated=page.truncated)
    return Title(
        title=found.text,
        url=page.url,
        final_url=page.final_url,
        charset=found.charset,
        truncated=found.truncated,
        storable=page.storable,
    )


def log_no_title(failure: Failure, url: str) -> Failure:
    """Log that the title is unavailable and pass the failure on: a nonterminal errback."""
    _log.warn("no title for {url!r}: {reason}", url=url, reason=failure.value.__class__.__name__)
    return failure
