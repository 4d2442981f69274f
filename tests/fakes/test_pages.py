"""The fake web: known pages, and the fetcher for all others."""

from typing import Any

import pytest
from attrs import define, field
from twisted.internet.defer import Deferred, fail, succeed
from twisted.internet.task import Clock
from zope.interface import implementer

from fakes.injector import FaultInjector
from fakes.pages import FakePageFetcher
from service.backends.pages.fetcher import PageFetcher
from service.backends.registry import PAGES, make_backend
from service.errors import BackendError, BadSetting, DNSError
from service.interfaces import IPageFetcher, NeedOfMore
from service.tracing import Caller
from service.values import Page
from tests.backends.pages.webserver import all_of_it
from tests.results import failure_of, result_of


@implementer(IPageFetcher)
@define
class Others:
    """A fetcher that records what it is asked for."""

    asked: list[str] = field(factory=list)
    closed: bool = False

    def fetch(self, url: str, need: NeedOfMore, caller: Caller | None = None) -> Deferred[Page]:
        self.asked.append(url)
        return fail(DNSError("cannot be found"))

    def ping(self) -> Deferred[None]:
        return fail(BackendError("web", "cannot be reached"))

    def close(self) -> Deferred[None]:
        self.closed = True
        return succeed(None)


@pytest.fixture
def others() -> Others:
    return Others()


@pytest.fixture
def pages(clock: Clock, others: Others) -> FakePageFetcher:
    return FakePageFetcher(FaultInjector(clock=clock, backend="web", parameter="url"), others)


@pytest.mark.parametrize(
    "url",
    ["http://buildbot.net", "http://buildbot.net/", " HTTP://BuildBot.net:80/#top\n", "http://buildbot.net/~slow=1"],
)
def test_a_known_page(pages: FakePageFetcher, others: Others, clock: Clock, url: str) -> None:
    """A page that the fake knows comes from the fake, however its address is spelt, and with its faults."""
    d = pages.fetch(url, all_of_it)
    clock.advance(1)
    assert b"<title>Buildbot</title>" in result_of(d).body
    assert others.asked == []


@pytest.mark.parametrize(
    "url", ["http://example.org/", "http://buildbot.net/about", "http://example.org/~slow", "nonsense"]
)
def test_another_page(pages: FakePageFetcher, others: Others, url: str) -> None:
    """Any other page comes from the fetcher for others, whatever its address contains."""
    failure_of(pages.fetch(url, all_of_it), DNSError)
    assert others.asked == [url]


def test_both_are_looked_after(pages: FakePageFetcher, others: Others, clock: Clock) -> None:
    """A ping reaches both, and closing closes both."""
    d = pages.ping()
    clock.advance(0)
    failure_of(d, BackendError)
    assert result_of(pages.close()) is None
    assert others.closed


def test_the_url_of_the_flag(running_reactor: Any) -> None:
    """The option ``else`` is the URL of the fetcher for others, with options of its own."""
    both = make_backend(PAGES, "fake:?latency=0.5&else=http:%3Fcontact=me%26ports=80", running_reactor)
    assert both.injector.latency == 0.5
    assert isinstance(both.others, PageFetcher)
    assert both.others.client.contact == "me"
    assert make_backend(PAGES, "fake:", running_reactor).others is None
    for url, message in (
        ("fake:?else=gopher:", r"^--pages 'gopher:': expected a URL that begins with fake: or http:$"),
        ("fake:?else=http:%3Fx=y", r"^--pages 'http:\?x=y': expected only the options allow, ports, contact$"),
        ("fake:?elze=http:", r"^--pages 'fake:\?elze=http:': expected options among latency, "),
        ("http:?else=fake:", r"^--pages 'http:\?else=fake:': expected only the options allow, ports, contact$"),
    ):
        with pytest.raises(BadSetting, match=message):
            make_backend(PAGES, url, running_reactor)
