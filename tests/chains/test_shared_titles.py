"""Page titles with request coalescing and a cache."""

from typing import Any

import pytest
from attrs import evolve
from twisted.internet.defer import CancelledError, Deferred
from twisted.internet.task import Clock

from service.chains.shared_titles import MAX_KEPT, SharedTitles
from service.chains.titles import Titles
from service.errors import ConnectError
from service.interfaces import NeedOfMore
from service.tracing import Caller
from service.values import Page
from tests.results import failure_of, outcomes_of, result_of

URL = "http://buildbot.net"


class Fetcher:
    """A fetcher whose pages the test delivers."""

    def __init__(self) -> None:
        self.under_way: list[Deferred[Page]] = []
        self.cancelled = 0

    def fetch(self, url: str, need: NeedOfMore, caller: Caller | None = None) -> Deferred[Page]:
        """See ``IPageFetcher``."""
        d: Deferred[Page] = Deferred(self.cancel)
        self.under_way.append(d)
        return d

    def cancel(self, _: Deferred[Page]) -> None:
        self.cancelled += 1

    def deliver(self, title: str = "Buildbot", **members: Any) -> None:
        """Deliver the page that was requested last."""
        body = f"<title>{title}</title>".encode()
        page = Page(url=URL, final_url=URL, content_type="text/html; charset=utf-8", body=body, storable=True)
        self.under_way[-1].callback(evolve(page, **members))


@pytest.fixture
def fetcher() -> Fetcher:
    return Fetcher()


@pytest.fixture
def titles(fetcher: Any, clock: Clock) -> SharedTitles:
    return SharedTitles(Titles(fetcher), clock)


def test_those_who_ask_at_once_share_a_fetch(titles: SharedTitles, fetcher: Fetcher) -> None:
    """Concurrent requests for one URL share a fetch; another URL has its own."""
    waiting = [titles.get_page_title(URL) for _ in range(3)]
    assert len(fetcher.under_way) == 1
    titles.get_page_title(f"{URL}/other")
    assert len(fetcher.under_way) == 2
    fetcher.under_way.pop()
    fetcher.deliver()
    assert [result_of(d).title for d in waiting] == ["Buildbot"] * 3


def test_a_fetch_is_cancelled_with_its_last_waiter(titles: SharedTitles, fetcher: Fetcher) -> None:
    """A waiter that cancels does not affect the others; the last one cancels the fetch."""
    first, second = (titles.get_page_title(URL) for _ in range(2))
    first.cancel()
    failure_of(first, CancelledError)
    assert fetcher.cancelled == 0
    second.cancel()
    failure_of(second, CancelledError)
    assert fetcher.cancelled == 1


def test_a_title_is_remembered_for_a_minute(titles: SharedTitles, fetcher: Fetcher, clock: Clock) -> None:
    """A title is cached for a minute and then fetched again."""
    titles.get_page_title(URL)
    fetcher.deliver()
    clock.advance(59.9)
    assert result_of(titles.get_page_title(URL)).title == "Buildbot"
    assert len(fetcher.under_way) == 1
    clock.advance(0.1)
    d = titles.get_page_title(URL)
    assert outcomes_of(d) == []
    assert len(fetcher.under_way) == 2


def test_what_may_not_be_kept(titles: SharedTitles, fetcher: Fetcher) -> None:
    """A title that may not be stored is not cached."""
    titles.get_page_title(URL)
    fetcher.deliver(storable=False)
    assert outcomes_of(titles.get_page_title(URL)) == []


def test_a_failure_is_shared_but_not_remembered(titles: SharedTitles, fetcher: Fetcher) -> None:
    """A failure reaches every waiter, and the next request fetches again."""
    waiting = [titles.get_page_title(URL) for _ in range(2)]
    fetcher.under_way[0].errback(ConnectError("cannot be reached"))
    for d in waiting:
        failure_of(d, ConnectError)
    assert outcomes_of(titles.get_page_title(URL)) == []


def test_only_so_many_are_remembered(titles: SharedTitles, fetcher: Fetcher) -> None:
    """The newest title evicts the oldest one from a full cache."""
    for number in range(MAX_KEPT + 1):
        titles.get_page_title(f"{URL}/{number}")
        fetcher.deliver()
    asked = len(fetcher.under_way)
    assert result_of(titles.get_page_title(f"{URL}/1")).title == "Buildbot"
    assert len(fetcher.under_way) == asked
    titles.get_page_title(f"{URL}/0")
    assert len(fetcher.under_way) == asked + 1


def test_what_is_asked_for_anew_is_new(titles: SharedTitles, fetcher: Fetcher, clock: Clock) -> None:
    """A title that is fetched again counts as new for eviction."""
    for number in [*range(MAX_KEPT), 0]:
        clock.advance(60 if number == 0 else 0)
        titles.get_page_title(f"{URL}/{number}")
        fetcher.deliver()
    titles.get_page_title(f"{URL}/new")
    fetcher.deliver()
    asked = len(fetcher.under_way)
    assert result_of(titles.get_page_title(f"{URL}/0")).title == "Buildbot"
    assert len(fetcher.under_way) == asked
