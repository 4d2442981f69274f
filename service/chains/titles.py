"""Page titles: the chain from ``ajax_get_page_title`` to the page fetcher."""

from typing import Any

from attrs import frozen
from twisted.internet.defer import Deferred, succeed
from twisted.logger import Logger
from twisted.python.failure import Failure

from service.errors import BadResponse, NotHTML
from service.interfaces import IPageFetcher, Need
from service.tracing import Caller
from service.values import Page, Title

_log = Logger()

#: Seconds for which a title may be cached.
FRESH_FOR = 60.0


@frozen
class Titles:
    """The titles of the pages that a fetcher can reach."""

    pages: IPageFetcher

    def get_page_title(self, url: str, caller: Caller | None = None) -> Deferred[Title]:
        """Fetch a page and read its title, for a ``caller``.

        :return: a Deferred that fires with the ``Title``; or fails as ``IPageFetcher.fetch`` does, or with
            ``NotHTML`` if the page is not HTML, or ``BadResponse`` if the fetcher fired with anything but a page.
        """
        d: Deferred[Any] = succeed(url)
        d.addCallback(self.pages.fetch, need_of_more, caller)
        d.addCallback(as_title)
        return d.addErrback(log_no_title, url)


def need_of_more(body: bytes, content_type: str | None) -> Need:
    """Return how much is needed after the beginning of a page: nothing if it is not HTML, or its titles are settled."""
    from service.html import find_title, may_be_html  # its parser is large, and the first page can wait for it

    if not may_be_html(content_type, body):
        return Need.NOTHING
    found = find_title(body, content_type, truncated=True)
    if found.settled:
        return Need.NOTHING
    return Need.USEFUL if found.final else Need.REQUIRED


def as_title(page: Page) -> Title:
    """Parse the title of a page.

    :raise NotHTML: if it is not HTML, by its Content-Type or, without one, its beginning.
    :raise BadResponse: if it is not a ``Page``.
    """
    from service.html import find_title, is_html

    if not isinstance(page, Page):
        raise BadResponse("returned no page")
    if not is_html(page.content_type, page.body):
        raise NotHTML
    found = find_title(page.body, page.content_type, truncated=page.truncated or page.broken)
    return Title(
        title=found.text,
        og_title=found.og_title,
        site_name=found.site_name,
        url=page.url,
        final_url=page.final_url,
        charset=found.charset,
        truncated=found.truncated or page.broken,
        fresh_for=FRESH_FOR if page.storable else 0.0,
    )


def log_no_title(failure: Failure, url: str) -> Failure:
    """Log that the title is unavailable and pass the failure on: a nonterminal errback."""
    _log.warn("no title for {url!r}: {reason}", url=url, reason=failure.value.__class__.__name__)
    return failure
