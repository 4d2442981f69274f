"""``get_page_title``: example 3 of the slides."""

import pytest
from twisted.internet.task import Clock

from fakes.injector import FaultInjector
from fakes.pages import FakePageFetcher
from service.chains.titles import Titles, as_title, need_of_more
from service.errors import BackendError, NotHTML, UpstreamStatus
from service.interfaces import Need
from service.values import Page, Title
from tests.log import Log
from tests.results import failure_of, result_of


@pytest.fixture
def titles(clock: Clock) -> Titles:
    return Titles(FakePageFetcher(FaultInjector(clock=clock, backend="web server of the page")))


def page(body: bytes, content_type: str | None = "text/html", **members: bool) -> Page:
    url = "http://example.org/"
    return Page(url=url, final_url=url, content_type=content_type, body=body, **members)


def test_the_title_of_a_page(titles: Titles, clock: Clock) -> None:
    """The title of a page is read from its HTML."""
    url = "http://buildbot.net"
    d = titles.get_page_title(url)
    clock.advance(0)
    assert result_of(d) == Title(
        title="Buildbot", url=url, final_url=url, charset="UTF-8", truncated=False, fresh_for=60
    )


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


@pytest.mark.parametrize(
    "content_type",
    [
        None,
        "",
        "*/*",
        "nonsense",
        "text/html",
        "Text/HTML; charset=utf-8",
        "text/plain, text/html",
        "application/xhtml+xml",
    ],
)
def test_what_counts_as_html(content_type: str | None) -> None:
    """HTML, XHTML and pages without a Content-Type that begin as HTML does are accepted."""
    assert as_title(page(b"<title>x</title>", content_type)).title == "x"


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("text/plain", b"<title>x</title>"),
        ("application/pdf", b"<title>x</title>"),
        ("text/html, image/png", b"<title>x</title>"),
        (None, b"Hello <title>x</title>"),
        (None, b"\x89PNG\r\n"),
        (None, b""),
    ],
)
def test_what_does_not_count_as_html(content_type: str | None, body: bytes) -> None:
    """Any other Content-Type is refused, and so is what does not begin as HTML if it has none."""
    with pytest.raises(NotHTML):
        as_title(page(body, content_type))


def test_other_titles() -> None:
    """What the page calls itself and its site elsewhere is given in addition to its title."""
    found = as_title(page(b"<title>a</title><meta property=og:title content=b><meta property=og:site_name content=c>"))
    assert (found.title, found.og_title, found.site_name) == ("a", "b", "c")


@pytest.mark.parametrize(
    ("body", "title", "truncated"),
    [(b"<title>x</title><p>", "x", False), (b"<title>x</title>", "x", True), (b"<p>", None, True)],
)
def test_a_prefix_of_a_page(body: bytes, title: str | None, truncated: bool) -> None:
    """A result is marked as truncated if it may be incomplete in a prefix of the page."""
    found = as_title(page(body, "text/html; charset=utf-8", truncated=True))
    assert (found.title, found.truncated) == (title, truncated)


def test_a_page_that_ended_early() -> None:
    """A result is marked as truncated if the page ended early, also after the title."""
    assert as_title(page(b"<title>x</title><p>", broken=True)).truncated


@pytest.mark.parametrize(
    ("body", "content_type", "need"),
    [
        (b"", "image/png", Need.NOTHING),
        (b"", "text/html", Need.REQUIRED),
        (b"", None, Need.REQUIRED),
        (b"<titl", None, Need.REQUIRED),
        (b"Hello", None, Need.NOTHING),
        (b"<title>x</title>", "text/html; charset=utf-8", Need.USEFUL),
        (b"<title>x</title><p>", "text/html; charset=utf-8", Need.NOTHING),
        (b"<title>x</title><p>", None, Need.USEFUL),
        (b"<title>x", "text/html; charset=utf-8", Need.REQUIRED),
    ],
)
def test_how_much_of_a_page_is_needed(body: bytes, content_type: str | None, need: Need) -> None:
    """More is required until the title ends, and useful until its encoding and the end of the head are known."""
    assert need_of_more(body, content_type) is need
