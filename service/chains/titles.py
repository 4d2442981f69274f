"""What is that page called: the chain between the page fetcher and the web."""

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
            ``NotHTML`` if what was fetched is no HTML page, ``BadResponse`` if it is no page at all.
        """
        d: Deferred[Any] = succeed(url)
        d.addCallback(self.pages.fetch, is_settled)
        d.addCallback(as_title)
        return d.addErrback(log_no_title, url)


def is_settled(body: bytes, content_type: str | None) -> bool:
    """Say whether the beginning of a page is enough to know its title, or that it has none that we can read."""
    return not is_html(content_type) or find_title(body, content_type, truncated=True).settled


def is_html(content_type: str | None) -> bool:
    """Say whether that is the type of an HTML page; one that does not say what it is counts as one, as in a browser."""
    return (content_type or "text/html").partition(";")[0].strip().lower() in _HTML_TYPES


def as_title(page: Page) -> Title:
    """Read the title out of a page.

    :raise NotHTML: if the page says that it is something else than HTML.
    :raise BadResponse: if it is no ``Page``.
    """
    if not isinstance(page, Page):
        raise BadResponse("gives no page at all")
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
    """Note which page has no title to be had, and pass the failure on: a nonterminal errback."""
    _log.warn("no title of {url!r}: {reason}", url=url, reason=failure.value.__class__.__name__)
    return failure
