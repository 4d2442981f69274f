"""``get_page_title``: example 3 of the slides."""

import pytest
from twisted.internet.task import Clock

from fakes.injector import FaultInjector
from fakes.pages import FakePageFetcher
from service.chains.titles import Titles, as_title, is_settled
from service.errors import BackendError, NotHTML, UpstreamStatus
from service.values import Page, Title
from tests.log import Log
from tests.results import failure_of, result_of


@pytest.fixture
def titles(clock: Clock) -> Titles:
    return Titles(FakePageFetcher(FaultInjector(clock=clock, backend="web server of the page")))


def page(body: bytes, content_type: str | None = "text/html", *, truncated: bool = False) -> Page:
    url = "http://example.org/"
    return Page(url=url, final_url=url, content_type=content_type, body=body, truncated=truncated)


def test_the_title_of_a_page(titles: Titles, clock: Clock) -> None:
    """A page that can be fetched has a title."""
    url = "http://buildbot.net"
    d = titles.get_page_title(url)
    clock.advance(0)
    assert result_of(d) == Title(title="Buildbot", url=url, final_url=url, charset="UTF-8", truncated=False)


def test_the_failure_of_the_fetch_is_logged_and_passed_on(titles: Titles, clock: Clock, log: Log) -> None:
    """The nonterminal errback logs which page it was, and the failure goes on as it was."""
    d = titles.get_page_title("http://hudson.com")
    clock.advance(0)
    assert failure_of(d, UpstreamStatus).members == {"upstream_status": 404}
    assert log.messages("service.chains.titles") == ["no title of 'http://hudson.com': UpstreamStatus"]


def test_a_malformed_page(titles: Titles, clock: Clock) -> None:
    """What is no page is the fetcher's fault."""
    d = titles.get_page_title("http://buildbot.net/~malformed")
    clock.advance(0)
    failure_of(d, BackendError)


@pytest.mark.parametrize("content_type", [None, "", "text/html", "Text/HTML; charset=utf-8", "application/xhtml+xml"])
def test_what_counts_as_html(content_type: str | None) -> None:
    """HTML and XHTML are read, and so is a page that does not say what it is."""
    assert as_title(page(b"<title>x</title>", content_type)).title == "x"


@pytest.mark.parametrize("content_type", ["text/plain", "application/pdf", "image/png", "nonsense"])
def test_what_does_not_count_as_html(content_type: str) -> None:
    """Anything else has no title."""
    with pytest.raises(NotHTML):
        as_title(page(b"<title>x</title>", content_type))


@pytest.mark.parametrize(
    ("body", "title", "truncated"),
    [(b"<title>x</title><p>", "x", False), (b"<title>x", "x", True), (b"<p>", None, True)],
)
def test_a_prefix_of_a_page(body: bytes, title: str | None, truncated: bool) -> None:
    """A title that was found is whole; that none was found in a prefix means little, and is said."""
    found = as_title(page(body, truncated=True))
    assert (found.title, found.truncated) == (title, truncated)


@pytest.mark.parametrize(
    ("body", "content_type", "settled"),
    [
        (b"", "image/png", True),
        (b"", "text/html", False),
        (b"", None, False),
        (b"<title>x</title>", "text/html; charset=utf-8", True),
        (b"<title>x", "text/html; charset=utf-8", False),
    ],
)
def test_how_much_of_a_page_is_enough(body: bytes, content_type: str | None, settled: bool) -> None:
    """A page is enough when its title is settled; what is no HTML is enough before it has begun."""
    assert is_settled(body, content_type) is settled
