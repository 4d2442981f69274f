"""Page fetching over real sockets, from a server that misbehaves on demand, with a fake clock."""

import gzip
import re
from collections.abc import Callable
from typing import Any

import pytest
from pytest_twisted import ensureDeferred
from twisted.internet.defer import CancelledError

from service.backends.pages.body import MAX_BODY, MAX_WIRE
from service.backends.pages.fetcher import CONTACT, MAX_FETCHES, MAX_FETCHES_PER_HOST, PageFetcher
from service.backends.pages.response import MAX_HEADERS
from service.backends.resolver import ThreadedResolver, make_pool
from service.errors import (
    BadRedirect,
    BadResponse,
    BlockedPort,
    ConnectError,
    DNSError,
    InvalidURL,
    Overloaded,
    PageError,
    TimedOut,
    TooManyRedirects,
    UnsupportedScheme,
    UpstreamStatus,
)
from service.interfaces import Need
from service.values import Page
from tests.backends.pages.web import Web
from tests.backends.pages.webserver import HTML, OK, TITLE, Connection, Names, all_of_it, make_fetcher, say, until_title
from tests.client import Turns, until


def unless_image(_: bytes, content_type: str | None) -> Need:
    return Need.NOTHING if content_type == "image/png" else Need.REQUIRED


@ensureDeferred
async def test_a_page(web: Web) -> None:
    """A page is fetched with its type; the request is minimal and uses a connection of its own."""
    await web.start()
    url = web.url("/a%20b?c=d#e")
    page = await web.fetcher.fetch(url, all_of_it)
    assert page == Page(url=url, final_url=url, content_type="text/html; charset=utf-8", body=TITLE, storable=True)
    lines = web.server.connections[0].request.decode().splitlines()
    assert lines[0] == "GET /a%20b?c=d HTTP/1.1"
    assert f"Host: page.example:{web.port}" in lines
    assert "Accept-Encoding: gzip, deflate" in lines
    assert "Connection: close" in lines
    [agent] = [line for line in lines if line.startswith("User-Agent: ")]
    assert agent.startswith("User-Agent: ajax-contacts/")
    assert agent.endswith("(page titles; contact: me@example.org)")
    assert not any(line.startswith(("Cookie", "Authorization")) for line in lines)
    await web.stop()


@ensureDeferred
@pytest.mark.parametrize(
    ("answer", "truncated"),
    [
        (say(OK, HTML, b"Content-Length: 16", body=TITLE), False),
        (say(OK, HTML, b"Transfer-Encoding: chunked", body=b"8\r\n<title>x\r\n8\r\n</title>\r\n0\r\n\r\n"), False),
        (say(b"HTTP/1.0 200 OK", HTML, body=TITLE, hang_up=True), False),
        (say(OK, HTML, b"Content-Length: 16", body=TITLE + b"and more than was said"), False),
        (say(OK, HTML, b"Content-Encoding: gzip", body=gzip.compress(TITLE), hang_up=True), False),
    ],
    ids=["length", "chunks", "until the end", "more than its length", "gzip"],
)
async def test_how_a_body_ends(web: Web, answer: Any, truncated: bool) -> None:
    """A body is read whole, however its end is marked."""
    web.server.answer = answer
    await web.start()
    page = await web.fetch()
    assert (page.body, page.truncated) == (TITLE, truncated)
    await web.stop()


@ensureDeferred
async def test_cookies_are_not_kept(web: Web) -> None:
    """Cookies are not sent back, neither in the next fetch nor to the target of a redirect."""

    def answer(connection: Connection) -> None:
        if connection.path == b"/":
            connection.write(b"HTTP/1.1 302 Found", b"Location: /next", b"Set-Cookie: secret=1", b"Content-Length: 0")
        else:
            say(OK, b"Set-Cookie: secret=2; Path=/", b"Content-Length: 0")(connection)

    web.server.answer = answer
    await web.start()
    for _ in range(2):
        await web.fetch()
    assert all(b"secret" not in connection.request for connection in web.server.connections)
    await web.stop()


@ensureDeferred
async def test_only_the_beginning_is_read(web: Web) -> None:
    """As soon as the body so far is enough, the connection is closed."""
    web.server.answer = say(OK, HTML, body=TITLE + b"<p>" * 100)
    await web.start()
    d = web.fetch(need=until_title)
    await web.until_asked()
    web.clock.advance(0)
    page = await d
    assert page.body.startswith(TITLE)
    assert page.truncated
    await web.stop()


@ensureDeferred
async def test_what_is_not_wanted_is_not_read(web: Web) -> None:
    """If the type shows that the body is not wanted, it is not waited for."""
    web.server.answer = say(OK, b"Content-Type: image/png", b"Content-Length: 1000000")
    await web.start()
    page = await web.fetch(need=unless_image)
    assert (page.body, page.truncated, page.content_type) == (b"", True, "image/png")
    await web.stop()


@ensureDeferred
@pytest.mark.parametrize(
    ("cache_control", "storable"),
    [(b"max-age=60", True), (b"private, no-store", False), (b"No-Store", False), (b"no-cache", True)],
)
async def test_what_may_be_kept(web: Web, cache_control: bytes, storable: bool) -> None:
    """A page says whether its server permits caching it."""
    web.server.answer = say(OK, b"Cache-Control: " + cache_control, b"Content-Length: 0")
    await web.start()
    assert (await web.fetch()).storable is storable
    await web.stop()


#: Bytes that may be in the buffers of both sides.
BUFFERS = 16 * MAX_BODY


class Endless:
    """A producer that sends a line for ever, as fast as it is read."""

    def __init__(self, connection: Connection, line: bytes) -> None:
        self.connection, self.line, self.sent = connection, line, 0
        connection.transport.registerProducer(self, streaming=True)
        self.resumeProducing()

    def resumeProducing(self) -> None:
        self.going = True
        while self.going:
            self.connection.transport.write(self.line)
            self.sent += len(self.line)

    def pauseProducing(self) -> None:
        self.going = False

    stopProducing = pauseProducing


@ensureDeferred
async def test_an_endless_page(web: Web) -> None:
    """Only the first MiB of an endless page is read."""

    def answer(connection: Connection) -> None:
        connection.write(OK, HTML)
        Endless(connection, b"<p>" * 1000)

    web.server.answer = answer
    await web.start()
    page = await web.fetch()
    assert (len(page.body), page.truncated) == (MAX_BODY, True)
    await web.stop()


@ensureDeferred
async def test_an_endless_page_that_is_badly_packed(web: Web) -> None:
    """At most two MiB are read of a page that decodes to less than it takes encoded."""
    stored = b"\x00\x00\x00\xff\xff"  # an empty block of deflate: five bytes for nothing
    head = gzip.compress(b"", mtime=0)[:10]
    sending: list[Endless] = []

    def answer(connection: Connection) -> None:
        connection.write(OK, HTML, b"Content-Encoding: gzip")
        connection.transport.write(head)
        sending.append(Endless(connection, stored * 1000))

    web.server.answer = answer
    await web.start()
    page = await web.fetch()
    assert (page.body, page.truncated) == (b"", True)
    await web.stop()


@ensureDeferred
@pytest.mark.parametrize(
    "line", [b"X: y\r\n", b"X: " + b"y" * 5000 + b"\r\n", b"x" * 70_000], ids=["many", "long", "one"]
)
async def test_endless_headers(web: Web, line: bytes) -> None:
    """Endless headers are a BadResponse."""

    def answer(connection: Connection) -> None:
        connection.transport.write(OK + b"\r\n")
        Endless(connection, line)

    web.server.answer = answer
    await web.start()
    with pytest.raises(BadResponse):
        await web.fetch()
    await web.stop()


@ensureDeferred
@pytest.mark.parametrize(("size", "refused"), [(MAX_HEADERS - 4096, False), (200_000, True)])
async def test_large_headers(web: Web, size: int, refused: bool) -> None:
    """Headers are read up to 64 KiB, which does not include a body in the same packet."""
    lines = [b"X: " + b"y" * 1000] * (size // 1005)
    web.server.answer = say(OK, *lines, b"Content-Length: 500000", body=TITLE + b"x" * (500_000 - 16))
    await web.start()
    if refused:
        with pytest.raises(BadResponse, match="sends headers that exceed the size limit"):
            await web.fetch()
    else:
        assert len((await web.fetch()).body) == 500_000
    await web.stop()


@ensureDeferred
@pytest.mark.parametrize(
    "answer",
    [
        lambda connection: connection.transport.loseConnection(),
        lambda connection: connection.transport.abortConnection(),
        lambda connection: (connection.transport.write(OK + b"\r\nX: "), connection.transport.loseConnection()),
        say(b"nonsense", hang_up=True),
        say(b"HTTP/1.1 abc OK", hang_up=True),
        say(b"SSH-2.0-OpenSSH_9.2", hang_up=True),
        say(OK, b"Content-Length: 100", body=TITLE[:7], hang_up=True),
        say(b"HTTP/1.1 20 OK", hang_up=True),
        say(OK, b"Content-Length: 1", b"Content-Length: 2", hang_up=True),
        say(OK, b"Transfer-Encoding: chunked", body=b"8\r\n<title", hang_up=True),
        say(OK, b"Transfer-Encoding: chunked", body=b"zz\r\n<title", hang_up=True),
        say(OK, b"Content-Encoding: gzip", body=b"not gzip", hang_up=True),
        say(OK, b"Content-Encoding: gzip", body=gzip.compress(TITLE)[:-4], hang_up=True),
        say(OK, b"Content-Encoding: gzip, gzip", body=gzip.compress(gzip.compress(TITLE)), hang_up=True),
        say(OK, b"Content-Encoding: compress", body=b"\x1f\x9d", hang_up=True),
    ],
    ids=[
        *("hangs up", "resets", "hangs up in the headers", "nonsense", "bad status", "ssh", "lying length"),
        *("short status", "two lengths", "truncated chunk", "bad chunk", "no gzip", "truncated gzip", "twice"),
        "compress",
    ],
)
async def test_a_bad_response(web: Web, answer: Any, log: Any) -> None:
    """An incomplete or malformed response is a BadResponse, and its connection is closed."""
    web.server.answer = answer
    await web.start()
    with pytest.raises(BadResponse) as caught:
        await web.fetch()
    assert caught.value.error.startswith("the web server of the page ")
    await web.stop()
    assert log.failures == []


@ensureDeferred
async def test_nobody_there(web: Web) -> None:
    """A closed port is a ConnectError."""
    await web.start()
    await web.stop()
    d = web.fetch()
    while not d.called:
        await until(web.reactor, Turns(1))
        web.clock.advance(0.1)  # the endpoint pauses between attempts at addresses
    with pytest.raises(ConnectError, match=r"^the web server of the page cannot be reached$"):
        await d


@ensureDeferred
async def test_a_name_that_nobody_knows(web: Web) -> None:
    """A name without an address is a DNSError."""
    fetcher = make_fetcher(web.reactor, Names([[]]), "")
    with pytest.raises(DNSError, match=r"^the web server of the page cannot be found$"):
        await fetcher.fetch("http://nowhere.example/", all_of_it)


@ensureDeferred
@pytest.mark.parametrize("status", [b"0", b"-200", b"99", b"1000", b"9" * 300])
async def test_an_impossible_status(web: Web, status: bytes) -> None:
    """An impossible status is a BadResponse."""
    web.server.answer = say(b"HTTP/1.1 " + status + b" OK", hang_up=True)
    await web.start()
    with pytest.raises(BadResponse):
        await web.fetch()
    await web.stop()


@ensureDeferred
async def test_a_title_that_comes_late(web: Web) -> None:
    """A small piece with the title, long after the rest, is found while the connection stays open."""
    web.server.answer = say(OK, HTML, body=b"<!--" + b"x" * 100_000 + b"-->")
    await web.start()
    d = web.fetch(need=until_title)
    connection = await web.until_asked()
    web.clock.advance(0)
    connection.transport.write(TITLE)
    await until(web.reactor, Turns(10))
    web.clock.advance(0.1)
    assert (await d).body.endswith(TITLE)
    await web.stop()


@ensureDeferred
async def test_a_redirect_that_must_not_be_kept(web: Web) -> None:
    """A page is not storable if any hop of its redirects forbids caching."""

    def answer(connection: Connection) -> None:
        if connection.path == b"/":
            connection.write(
                b"HTTP/1.1 302 Found", b"Location: /next", b"Cache-Control: no-store", b"Content-Length: 0"
            )
        else:
            say(OK, b"Content-Length: 0")(connection)

    web.server.answer = answer
    await web.start()
    assert not (await web.fetch()).storable
    assert (await web.fetch("/next")).storable
    await web.stop()


@ensureDeferred
async def test_a_name_that_nobody_has_time_for(web: Web) -> None:
    """A fetch is refused if all resolver threads are busy, and does not count towards the limit per host."""
    fetcher = make_fetcher(web.reactor, ThreadedResolver(web.reactor, make_pool(0)), "")
    for _ in range(MAX_FETCHES_PER_HOST + 1):
        with pytest.raises(Overloaded, match="too many names are being looked up"):
            await fetcher.fetch("http://page.example/", all_of_it)


@ensureDeferred
@pytest.mark.parametrize("status", [b"204 No Content", b"206 Partial", b"304 Not Modified", b"404 Gone", b"500 Oops"])
async def test_another_status_than_200(web: Web, status: bytes) -> None:
    """A status other than 200 fails with UpstreamStatus, without reading the body."""
    web.server.answer = say(b"HTTP/1.1 " + status, b"Content-Length: 1000000")
    await web.start()
    with pytest.raises(UpstreamStatus) as caught:
        await web.fetch()
    assert caught.value.members == {"upstream_status": int(status[:3])}
    await web.stop()


#: How much of its response a server has sent when it goes silent.
PHASES: dict[str, Callable[[Connection], None]] = {
    "before the headers": lambda _: None,
    "in the status line": lambda connection: connection.transport.write(OK[:10]),
    "in the headers": lambda connection: connection.transport.write(OK + b"\r\nX: "),
    "before the body": say(OK, b"Content-Length: 9"),
    "in the body": say(OK, b"Content-Length: 9", body=b"<title"),
    "in a chunk": say(OK, b"Transfer-Encoding: chunked", body=b"9\r\n<title"),
    "in gzip": say(OK, b"Content-Encoding: gzip", body=gzip.compress(TITLE)[:15]),
    "after a redirect": lambda connection: (
        say(b"HTTP/1.1 302 Found", b"Location: /next", b"Content-Length: 0")(connection)
        if connection.path == b"/"
        else None
    ),
}


async def until_silent(web: Web) -> None:
    await web.until_asked()
    if web.server.answer is PHASES["after a redirect"]:
        await web.until_asked(2)


@ensureDeferred
@pytest.mark.parametrize("phase", PHASES)
async def test_a_server_that_falls_silent(web: Web, phase: str) -> None:
    """In whatever phase a server goes silent, the fetch times out after ten seconds and closes its socket."""
    web.server.answer = PHASES[phase]
    await web.start()
    d = web.fetch()
    await until_silent(web)
    web.clock.advance(9.99)
    assert not d.called
    web.clock.advance(0.01)
    with pytest.raises(TimedOut, match=r"^no answer within 10 seconds$"):
        await d
    await web.stop()


@ensureDeferred
@pytest.mark.parametrize("phase", PHASES)
async def test_cancelling(web: Web, phase: str) -> None:
    """In every phase, cancelling a fetch closes its socket immediately."""
    web.server.answer = PHASES[phase]
    await web.start()
    d = web.fetch()
    await until_silent(web)
    d.cancel()
    with pytest.raises(CancelledError):
        await d
    await web.stop()


@ensureDeferred
async def test_a_slow_drip(web: Web) -> None:
    """A slow trickle of bytes does not extend the deadline."""
    web.server.answer = say(OK, HTML)
    await web.start()
    d = web.fetch()
    connection = await web.until_asked()
    for _ in range(9):
        connection.transport.write(b"<")
        await until(web.reactor, Turns(3))
        web.clock.advance(1)
    assert not d.called
    web.clock.advance(1)
    with pytest.raises(TimedOut):
        await d
    await web.stop()


@ensureDeferred
async def test_a_redirect(web: Web) -> None:
    """Redirects are followed, each relative to its own URL; the last URL is the final one."""
    hops = {b"/": b"/a/b?c", b"/a/b?c": b"d", b"/a/d": b"//other.example:PORT/e"}

    def answer(connection: Connection) -> None:
        location = hops.get(connection.path)
        if location is None:
            say(OK, HTML, b"Content-Length: 16", body=TITLE)(connection)
        else:
            location = location.replace(b"PORT", b"%d" % web.port)
            say(b"HTTP/1.1 302 Found", b"Location: " + location, b"Content-Length: 9")(connection)

    web.server.answer = answer
    await web.start()
    page = await web.fetch()
    assert (page.url, page.final_url, page.body) == (web.url(), web.url("/e", host="other.example"), TITLE)
    assert [connection.path for connection in web.server.connections] == [b"/", b"/a/b?c", b"/a/d", b"/e"]
    await web.stop()


@ensureDeferred
@pytest.mark.parametrize(("redirects", "refused"), [(5, False), (6, True)])
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_how_many_redirects(web: Web, redirects: int, refused: bool, status: int) -> None:
    """Up to five redirects of any kind are followed; a sixth fails with TooManyRedirects."""

    def answer(connection: Connection) -> None:
        hop = int(connection.path[1:])
        if hop < redirects:
            connection.write(b"HTTP/1.1 %d Moved" % status, b"Location: /%d" % (hop + 1), b"Content-Length: 0")
        else:
            say(OK, b"Content-Length: 0")(connection)

    web.server.answer = answer
    await web.start()
    if refused:
        with pytest.raises(TooManyRedirects):
            await web.fetch("/0")
    else:
        assert (await web.fetch("/0")).final_url == web.url("/5")
    await web.stop()


@ensureDeferred
@pytest.mark.parametrize(
    ("locations", "error"),
    [
        ([], BadRedirect),
        ([b"/a", b"/b"], BadRedirect),
        ([b"ftp://page.example/"], BadRedirect),
        ([b"file:///etc/passwd"], BadRedirect),
        ([b"javascript:alert(1)"], BadRedirect),
        ([b"http://user:secret@page.example/"], BadRedirect),
        ([b"http://[::1"], BadRedirect),
        ([b"//\xff/"], BadRedirect),
        ([b"/" + b"x" * 8192], BadRedirect),
        ([b"http://page.example:22/"], BlockedPort),
        ([b"https://page.example/"], BlockedPort),
    ],
)
async def test_a_bad_redirect(web: Web, locations: list[bytes], error: type[Exception]) -> None:
    """A redirect to an invalid or blocked address is refused."""
    web.server.answer = say(
        b"HTTP/1.1 302 Found", *(b"Location: " + location for location in locations), b"Content-Length: 99"
    )
    await web.start()
    with pytest.raises(error):
        await web.fetch()
    assert len(web.server.connections) == 1
    await web.stop()


@ensureDeferred
async def test_what_is_not_fetched_from(web: Web) -> None:
    """An invalid or blocked URL is refused before any connection is made."""
    await web.start()
    for url, error in (
        ("http://page.example:22/", BlockedPort),
        ("http://page.example:65558/", InvalidURL),
        ("ftp://page.example/", UnsupportedScheme),
        ("http://user@page.example/", InvalidURL),
    ):
        with pytest.raises(error):
            await web.fetcher.fetch(url, all_of_it)
    assert web.server.connections == []
    await web.stop()


@ensureDeferred
async def test_too_many_at_once(web: Web) -> None:
    """Concurrent fetches are limited, in total and per host; one that ends in any way frees its place."""
    web.server.answer = PHASES["before the headers"]
    await web.start()
    hosts = [f"{number // MAX_FETCHES_PER_HOST}.example" for number in range(MAX_FETCHES)]
    under_way = [web.fetch(host=host) for host in hosts]
    for host, words in (
        ("0.example", "from that host|too many pages are being fetched; try"),
        ("new.example", "try again"),
    ):
        with pytest.raises(Overloaded, match=words):
            await web.fetch(host=host)
    left = under_way.pop()
    left.cancel()
    with pytest.raises(CancelledError):
        await left
    with pytest.raises(Overloaded, match="from that host"):
        await web.fetch(host="0.example")
    under_way.append(web.fetch(host="new.example"))
    await web.until_asked(MAX_FETCHES - 1)
    for d in under_way:
        d.cancel()
        with pytest.raises(CancelledError):
            await d
    await web.stop()


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://example.org", "only options after 'http:', such as http:?ports=80,443,8080"),
        ("http:?colour=red", "only the options allow, ports, contact"),
        ("http:?contact=m%C3%A9", "contact to be printable ASCII"),
        ("http:?contact=a%0d%0aX: y", "contact to be printable ASCII"),
    ],
)
def test_a_wrong_url_of_the_flag(running_reactor: Any, url: str, expected: str) -> None:
    """An invalid ``--pages`` URL is refused; the error says what is expected."""
    with pytest.raises(ValueError, match=f"^{re.escape(expected)}$"):
        PageFetcher.from_url(url, running_reactor)


def test_the_url_of_the_flag(running_reactor: Any) -> None:
    """``http:`` makes a fetcher for the public Internet, which its options change."""
    assert PageFetcher.from_url("http:", running_reactor).client.contact == CONTACT
    client = PageFetcher.from_url("http:?allow=127.0.0.0/8&ports=80,8081&contact=me", running_reactor).client
    assert (client.contact, sorted(client.policy.ports)) == ("me", [80, 8081])
    assert str(client.policy.allowed[0]) == "127.0.0.0/8"


def test_every_way_to_have_no_page_is_a_502() -> None:
    """Every PageError has the status 502."""
    assert {error.status for error in PageError.__subclasses__()} == {502}
    assert MAX_WIRE == 2 * MAX_BODY
