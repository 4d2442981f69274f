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
    """The title of a page is read from its HTML."""
    url = "http://buildbot.net"
    d = titles.get_page_title(url)
    clock.advance(0)
    assert result_of(d) == Title(title="Buildbot", url=url, final_url=url, charset="UTF-8", truncated=False)


def test_the_failure_of_the_fetch_is_logged_and_passed_on(titles: Titles, clock: Clock, log: Log) -> None:
    """The nonterminal errback logs the URL and passes the failure on unchanged."""
    d = titles.get_page_title("http://hudson.com")
    clock.advance(0)
    assert failure_of(d, UpstreamStatus).members == {"upstream_status": 404}
    assert log.messages("service.chains.titles") == ["no title for 'http://hudson.com': UpstreamStatus"]


def test_a_malformed_page(titles: Titles, clock: Clock) -> None:
    """A result that is not a page is a backend error."""
    d = titles.get_page_title("http://buildbot.net/~malformed")
    clock.advance(0)
    failure_of(d, BackendError)


@pytest.mark.parametrize("content_type", [None, "", "text/html", "Text/HTML; charset=utf-8", "application/xhtml+xml"])
def test_what_counts_as_html(content_type: str | None) -> None:
    """HTML, XHTML and pages without a Content-Type are accepted."""
    assert as_title(page(b"<title>x</title>", content_type)).title == "x"


@pytest.mark.parametrize("content_type", ["text/plain", "application/pdf", "image/png", "nonsense"])
def test_what_does_not_count_as_html(content_type: str) -> None:
    """Any other Content-Type is refused."""
    with pytest.raises(NotHTML):
        as_title(page(b"<title>x</title>", content_type))


@pytest.mark.parametrize(
    ("body", "title", "truncated"),
    [(b"<title>x</title><p>", "x", False), (b"<title>x", "x", True), (b"<p>", None, True)],
)
def test_a_prefix_of_a_page(body: bytes, title: str | None, truncated: bool) -> None:
    """A result is marked as truncated if the title is missing or incomplete in a prefix of the page."""
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
    """The body is enough once the title is settled, or immediately if the page is not HTML."""
    assert is_settled(body, content_type) is settled
