"""Fetching pages over real sockets, from a server that misbehaves on order; the time is the test's."""

import gzip
import re
from collections.abc import Callable
from typing import Any

import pytest
from pytest_twisted import ensureDeferred
from twisted.internet.defer import CancelledError, Deferred
from twisted.internet.task import Clock

from service.backends.pages.body import MAX_BODY
from service.backends.pages.client import MAX_HEADERS, MAX_WIRE
from service.backends.pages.fetcher import CONTACT, MAX_FETCHES, MAX_FETCHES_PER_HOST, PageFetcher
from service.backends.pages.resolver import ThreadedResolver, make_pool
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
from service.values import Page
from tests.backends.pages.webserver import (
    HTML,
    LOOPBACK,
    OK,
    TITLE,
    Connection,
    Names,
    Server,
    TimedReactor,
    make_fetcher,
    never,
    say,
)
from tests.client import Turns, until


class Web:
    """A server on a free port, and a fetcher that may go there, wherever a URL says."""

    def __init__(self, reactor: Any) -> None:
        self.reactor = reactor
        self.clock = Clock()
        self.server = Server(say(OK, HTML, b"Content-Length: 16", body=TITLE))
        self.port = 0

    async def start(self) -> "Web":
        self.port = await self.server.listen(self.reactor)
        timed = TimedReactor(self.reactor, self.clock)
        self.fetcher = make_fetcher(timed, Names([[LOOPBACK]]), "127.0.0.0/8", [self.port])
        return self

    def url(self, path: str = "/", host: str = "page.example") -> str:
        return f"http://{host}:{self.port}{path}"

    def fetch(self, path: str = "/", enough: Any = never, host: str = "page.example") -> Deferred[Page]:
        return self.fetcher.fetch(self.url(path, host), enough)

    async def until_asked(self, times: int = 1) -> Connection:
        """Wait until the server has the request, and what it says to it has arrived."""
        await until(self.reactor, lambda: len(self.server.connections) >= times)
        connection = self.server.connections[times - 1]
        await until(self.reactor, lambda: connection.answered)
        await until(self.reactor, Turns(10))
        return connection

    async def stop(self) -> None:
        """See that nothing is left open on either side."""
        for connection in self.server.connections:
            await connection.closed
        await self.server.port.stopListening()
        assert self.clock.getDelayedCalls() == []


@pytest.fixture
def web(running_reactor: Any) -> Web:
    return Web(running_reactor)


@ensureDeferred
async def test_a_page(web: Web) -> None:
    """A page is fetched with its type; what is asked for is little, by name, and on a connection of its own."""
    await web.start()
    url = web.url("/a%20b?c=d#e")
    page = await web.fetcher.fetch(url, never)
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
    """However the end of a body is said, the body is whole."""
    web.server.answer = answer
    await web.start()
    page = await web.fetch()
    assert (page.body, page.truncated) == (TITLE, truncated)
    await web.stop()


@ensureDeferred
async def test_cookies_are_not_kept(web: Web) -> None:
    """What one page sets, the next one does not see, also where it is the target of a redirect."""

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
    """As soon as what has come is enough, the connection is cut off, however much more there is to come."""
    web.server.answer = say(OK, HTML, body=TITLE + b"<p>" * 100)
    await web.start()
    d = web.fetch(enough=lambda body, _: b"</title>" in body)
    await web.until_asked()
    web.clock.advance(0)
    page = await d
    assert page.body.startswith(TITLE)
    assert page.truncated
    await web.stop()


@ensureDeferred
async def test_what_is_not_wanted_is_not_read(web: Web) -> None:
    """If the type says that a body is not wanted, nothing of it is waited for."""
    web.server.answer = say(OK, b"Content-Type: image/png", b"Content-Length: 1000000")
    await web.start()
    page = await web.fetch(enough=lambda _, content_type: content_type == "image/png")
    assert (page.body, page.truncated, page.content_type) == (b"", True, "image/png")
    await web.stop()


@ensureDeferred
@pytest.mark.parametrize(
    ("cache_control", "storable"),
    [(b"max-age=60", True), (b"private, no-store", False), (b"No-Store", False), (b"no-cache", True)],
)
async def test_what_may_be_kept(web: Web, cache_control: bytes, storable: bool) -> None:
    """A page says whether its server lets it be remembered."""
    web.server.answer = say(OK, b"Cache-Control: " + cache_control, b"Content-Length: 0")
    await web.start()
    assert (await web.fetch()).storable is storable
    await web.stop()


#: Bytes that a server may have sent, and that wait in the buffers of both sides.
BUFFERS = 16 * MAX_BODY


class Endless:
    """Sends a line again and again, as fast as it is taken."""

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
    """Of a page without end the first MiB is read."""

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
    """Of a page that takes more on the wire than it is worth, two MiB are read off the wire."""
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
    """Headers without end are no response; they are not collected for ever."""

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
    """64 KiB of headers are read, and no more; that a body comes right after them does not matter."""
    lines = [b"X: " + b"y" * 1000] * (size // 1005)
    web.server.answer = say(OK, *lines, b"Content-Length: 500000", body=TITLE + b"x" * (500_000 - 16))
    await web.start()
    if refused:
        with pytest.raises(BadResponse, match="answers with more headers than we read"):
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
        say(OK, b"Content-Length: -1", hang_up=True),
        say(OK, b"Content-Length: 1", b"Content-Length: 2", hang_up=True),
        say(OK, b"Transfer-Encoding: chunked", body=b"8\r\n<title", hang_up=True),
        say(OK, b"Transfer-Encoding: chunked", body=b"zz\r\n<title", hang_up=True),
        say(OK, b"Content-Encoding: gzip", body=b"not gzip", hang_up=True),
        say(OK, b"Content-Encoding: gzip", body=gzip.compress(TITLE)[:-4], hang_up=True),
        say(OK, b"Content-Encoding: gzip, gzip", body=gzip.compress(gzip.compress(TITLE)), hang_up=True),
        say(OK, b"Content-Encoding: br", body=b"\x0b\x02\x80", hang_up=True),
    ],
    ids=[
        *("hangs up", "resets", "hangs up in the headers", "nonsense", "bad status", "ssh", "lying length"),
        *("negative length", "two lengths", "truncated chunk", "bad chunk", "no gzip", "truncated gzip", "twice"),
        "brotli",
    ],
)
async def test_a_bad_response(web: Web, answer: Any, log: Any) -> None:
    """What is no whole response is an error with words of ours, its cause known; and nothing stays open."""
    web.server.answer = answer
    await web.start()
    with pytest.raises(BadResponse) as caught:
        await web.fetch()
    assert caught.value.error.startswith("the web server of the page ")
    await web.stop()
    assert log.failures == []


@ensureDeferred
async def test_nobody_there(web: Web) -> None:
    """Where nobody listens there is no connection."""
    await web.start()
    await web.stop()
    d = web.fetch()
    while not d.called:
        await until(web.reactor, Turns(1))
        web.clock.advance(0.1)  # the endpoint gives each address a little time before it looks for the next one
    with pytest.raises(ConnectError, match=r"^the web server of the page cannot be reached$"):
        await d


@ensureDeferred
async def test_a_name_that_nobody_knows(web: Web) -> None:
    """A name without an address is one that cannot be found."""
    fetcher = make_fetcher(web.reactor, Names([[]]), "")
    with pytest.raises(DNSError, match=r"^the web server of the page cannot be found$"):
        await fetcher.fetch("http://nowhere.example/", never)


@ensureDeferred
@pytest.mark.parametrize("status", [b"0", b"-200", b"99", b"1000", b"9" * 300])
async def test_an_impossible_status(web: Web, status: bytes) -> None:
    """A status that cannot be one is no response."""
    web.server.answer = say(b"HTTP/1.1 " + status + b" OK", hang_up=True)
    await web.start()
    with pytest.raises(BadResponse):
        await web.fetch()
    await web.stop()


@ensureDeferred
async def test_a_title_that_comes_late(web: Web) -> None:
    """A title that comes in small pieces, long after the rest, is found although the connection stays open."""
    web.server.answer = say(OK, HTML, body=b"<!--" + b"x" * 100_000 + b"-->")
    await web.start()
    d = web.fetch(enough=lambda body, _: b"</title>" in body)
    connection = await web.until_asked()
    web.clock.advance(0)
    connection.transport.write(TITLE)
    await until(web.reactor, Turns(10))
    web.clock.advance(0.1)
    assert (await d).body.endswith(TITLE)
    await web.stop()


@ensureDeferred
async def test_a_redirect_that_must_not_be_kept(web: Web) -> None:
    """What one hop does not let be remembered is not, whatever the last one says."""

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
    """Where every thread looks up other names a fetch is refused, and has not taken anybody's place."""
    fetcher = make_fetcher(web.reactor, ThreadedResolver(web.reactor, make_pool(0)), "")
    for _ in range(MAX_FETCHES_PER_HOST + 1):
        with pytest.raises(Overloaded, match="too many names are being looked up"):
            await fetcher.fetch("http://page.example/", never)


@ensureDeferred
@pytest.mark.parametrize("status", [b"204 No Content", b"206 Partial", b"304 Not Modified", b"404 Gone", b"500 Oops"])
async def test_another_status_than_200(web: Web, status: bytes) -> None:
    """A page that is gone or has crashed is none; nothing is read of what is there instead."""
    web.server.answer = say(b"HTTP/1.1 " + status, b"Content-Length: 1000000")
    await web.start()
    with pytest.raises(UpstreamStatus) as caught:
        await web.fetch()
    assert caught.value.members == {"upstream_status": int(status[:3])}
    await web.stop()


#: What a server has said so far when it falls silent.
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
    """In whatever phase a server falls silent, after ten seconds in all the fetch is over and its socket closed."""
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
    """In every phase, to cancel a fetch is to close its socket at once."""
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
    """A server that says a byte now and then does not get more time for it."""
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
    """Redirects are followed, each seen from where it is; the last address is the final one."""
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
    """Five redirects are followed, of any kind; a sixth is not."""

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
        ([b"/\xff"], BadRedirect),
        ([b"/" + b"x" * 4000], BadRedirect),
        ([b"http://page.example:22/"], BlockedPort),
        ([b"https://page.example/"], BlockedPort),
    ],
)
async def test_a_bad_redirect(web: Web, locations: list[bytes], error: type[Exception]) -> None:
    """A redirect to where no page is fetched from is as good as none, and is the server's mistake."""
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
    """What cannot be fetched is refused before anybody is asked."""
    await web.start()
    for url, error in (
        ("http://page.example:22/", BlockedPort),
        ("http://page.example:65558/", InvalidURL),
        ("ftp://page.example/", UnsupportedScheme),
        ("http://user@page.example/", InvalidURL),
    ):
        with pytest.raises(error):
            await web.fetcher.fetch(url, never)
    assert web.server.connections == []
    await web.stop()


@ensureDeferred
async def test_too_many_at_once(web: Web) -> None:
    """There is a bound to the fetches from one host, and to all; one that ends, however it ends, makes room."""
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
        ("http://example.org", "nothing but options after 'http:', such as http:?ports=80,443,8080"),
        ("http:?colour=red", "options among allow, ports, contact"),
        ("http:?contact=m%C3%A9", "contact to be in printable ASCII"),
        ("http:?contact=a%0d%0aX: y", "contact to be in printable ASCII"),
    ],
)
def test_a_wrong_url_of_the_flag(running_reactor: Any, url: str, expected: str) -> None:
    """Whatever else stands in the URL of the flag is refused by what can."""
    with pytest.raises(ValueError, match=f"^{re.escape(expected)}$"):
        PageFetcher.from_url(url, running_reactor)


def test_the_url_of_the_flag(running_reactor: Any) -> None:
    """``http:`` makes a fetcher for the public Internet, and its options another one."""
    assert PageFetcher.from_url("http:", running_reactor).client.contact == CONTACT
    client = PageFetcher.from_url("http:?allow=127.0.0.0/8&ports=80,8081&contact=me", running_reactor).client
    assert (client.contact, sorted(client.policy.ports)) == ("me", [80, 8081])
    assert str(client.policy.allowed[0]) == "127.0.0.0/8"


def test_every_way_to_have_no_page_is_a_502() -> None:
    """What is wrong with a page's server has a status of its own kind."""
    assert {error.status for error in PageError.__subclasses__()} == {502}
    assert MAX_WIRE == 2 * MAX_BODY
