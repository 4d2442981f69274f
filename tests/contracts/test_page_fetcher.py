"""What ``IPageFetcher`` promises, of every implementation."""

import pytest
from pytest_twisted import ensureDeferred
from twisted.internet.defer import CancelledError, gatherResults
from zope.interface.verify import verifyObject

from service.errors import DNSError, UpstreamStatus
from service.interfaces import IPageFetcher


def never(_: bytes, __: str | None) -> bool:
    return False


def test_the_interface(page_fetcher: IPageFetcher) -> None:
    """It provides the whole interface."""
    verifyObject(IPageFetcher, page_fetcher)


@ensureDeferred
async def test_it_can_be_reached(page_fetcher: IPageFetcher) -> None:
    """The web is there."""
    assert await gatherResults([page_fetcher.ping()]) == [None]


@ensureDeferred
async def test_a_page(page_fetcher: IPageFetcher) -> None:
    """An address leads to its page, whole and with the type that its server gives it."""
    page = await page_fetcher.fetch("http://buildbot.net", never)
    assert (page.url, page.final_url) == ("http://buildbot.net", "http://buildbot.net")
    assert b"<title>Buildbot</title>" in page.body
    assert (page.content_type, page.truncated) == ("text/html; charset=utf-8", False)


@ensureDeferred
async def test_a_page_that_is_not_there(page_fetcher: IPageFetcher) -> None:
    """A status that is not 200 is a failure, which knows the status."""
    with pytest.raises(UpstreamStatus) as caught:
        await page_fetcher.fetch("http://hudson.com", never)
    assert caught.value.members == {"upstream_status": 404}


@ensureDeferred
async def test_cancelling(page_fetcher: IPageFetcher) -> None:
    """A fetch that is cancelled fails with CancelledError."""
    d = page_fetcher.fetch("http://buildbot.net/~hang", never)
    d.cancel()
    with pytest.raises(CancelledError):
        await d


@ensureDeferred
async def test_a_page_that_nobody_knows(page_fetcher: IPageFetcher) -> None:
    """A host without an address cannot be found."""
    with pytest.raises(DNSError):
        await page_fetcher.fetch("http://nowhere.example", never)
