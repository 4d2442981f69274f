"""The contract of ``IPageFetcher``, for every implementation."""

import pytest
from pytest_twisted import ensureDeferred
from twisted.internet.defer import CancelledError, gatherResults
from zope.interface.verify import verifyObject

from service.errors import DNSError, UpstreamStatus
from service.interfaces import IPageFetcher
from tests.backends.pages.webserver import all_of_it


def test_the_interface(page_fetcher: IPageFetcher) -> None:
    """It provides the whole interface."""
    verifyObject(IPageFetcher, page_fetcher)


@ensureDeferred
async def test_it_can_be_reached(page_fetcher: IPageFetcher) -> None:
    """A ping succeeds."""
    assert await gatherResults([page_fetcher.ping()]) == [None]


@ensureDeferred
async def test_a_page(page_fetcher: IPageFetcher) -> None:
    """A page is fetched whole, with the Content-Type that its server sent."""
    page = await page_fetcher.fetch("http://buildbot.net", all_of_it)
    assert (page.url, page.final_url) == ("http://buildbot.net", "http://buildbot.net")
    assert b"<title>Buildbot</title>" in page.body
    assert (page.content_type, page.truncated) == ("text/html; charset=utf-8", False)


@ensureDeferred
async def test_a_page_that_is_not_there(page_fetcher: IPageFetcher) -> None:
    """A status other than 200 fails with UpstreamStatus, which carries the status."""
    with pytest.raises(UpstreamStatus) as caught:
        await page_fetcher.fetch("http://hudson.com", all_of_it)
    assert caught.value.members == {"upstream_status": 404}


@ensureDeferred
async def test_cancelling(page_fetcher: IPageFetcher) -> None:
    """A cancelled fetch fails with CancelledError."""
    d = page_fetcher.fetch("http://buildbot.net/~hang", all_of_it)
    d.cancel()
    with pytest.raises(CancelledError):
        await d


@ensureDeferred
async def test_a_page_that_nobody_knows(page_fetcher: IPageFetcher) -> None:
    """A host without an address fails with DNSError."""
    with pytest.raises(DNSError):
        await page_fetcher.fetch("http://nowhere.example", all_of_it)
