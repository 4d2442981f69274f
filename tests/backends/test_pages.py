"""Fetching pages with treq: what is asked for, how much is read, and what goes wrong."""

from collections.abc import Callable
from typing import Any

import pytest
from attrs import define
from pytest_twisted import ensureDeferred
from treq.testing import RequestTraversalAgent
from twisted.internet.defer import CancelledError, Deferred
from twisted.internet.endpoints import serverFromString
from twisted.internet.protocol import Factory, Protocol
from twisted.internet.task import Clock
from twisted.web.client import Agent, HTTPConnectionPool
from twisted.web.resource import Resource
from twisted.web.server import NOT_DONE_YET

from service.backends.pages import MAX_BODY, MAX_FETCHES, PageFetcher
from service.errors import BackendError, Overloaded, UpstreamStatus
from tests.client import Turns, until
from tests.results import failure_of, outcomes_of, result_of

URL = "http://example.org/page"


@define
class Answering(Resource):
    """A web server that has one thing to say, and remembers what it was asked."""

    say: Callable[[Any], bytes | int]
    asked: Any = None

    isLeaf = True

    def render_GET(self, request: Any) -> bytes | int:
        """Say it."""
        self.asked = request
        return self.say(request)


def fetching(say: Callable[[Any], bytes | int]) -> tuple[Answering, PageFetcher, RequestTraversalAgent]:
    server = Answering(say)
    agent = RequestTraversalAgent(server)
    return server, PageFetcher(agent, Clock()), agent


def test_what_is_asked_for() -> None:
    """A page is asked for by name, uncompressed, and without cookies."""
    server, fetcher, _ = fetching(lambda _: b"<p>")
    result_of(fetcher.fetch("http://example.org:8000/a%20b?c=d#e"))
    headers = dict(server.asked.requestHeaders.getAllRawHeaders())
    assert server.asked.uri == b"/a%20b?c=d"
    assert headers[b"Host"] == [b"example.org:8000"]
    assert headers[b"User-Agent"] == [b"ajax-contacts"]
    assert headers[b"Accept-Encoding"] == [b"identity"]
    assert b"Cookie" not in headers


def test_cookies_are_not_kept() -> None:
    """What one page sets, the next one does not see."""

    def set_cookie(request: Any) -> bytes:
        request.addCookie(b"secret", b"1")
        return b"<p>"

    server, fetcher, _ = fetching(set_cookie)
    for _ in range(2):
        result_of(fetcher.fetch(URL))
    assert server.asked.getCookie(b"secret") is None


@pytest.mark.parametrize(("size", "truncated"), [(0, False), (MAX_BODY, False), (MAX_BODY + 1, True)])
def test_how_much_is_read(size: int, truncated: bool) -> None:  # noqa: FBT001
    """A page is read up to its first MiB."""
    _, fetcher, agent = fetching(lambda _: b"x" * size)
    d = fetcher.fetch(URL)
    agent.flush()
    page = result_of(d)
    assert (len(page.body), page.truncated) == (min(size, MAX_BODY), truncated)


@pytest.mark.parametrize("status", [204, 301, 404, 500])
def test_another_status_than_200(status: int) -> None:
    """A page that was moved, is gone or has crashed is none; redirects are not followed."""

    def say(request: Any) -> bytes:
        request.setResponseCode(status)
        request.setHeader(b"Location", b"http://example.org/elsewhere")
        return b"" if status == 204 else b"no"

    _, fetcher, _ = fetching(say)
    assert failure_of(fetcher.fetch(URL), UpstreamStatus).members == {"upstream_status": status}


def test_a_compressed_body() -> None:
    """A body in an encoding that was not asked for is not unpacked."""

    def say(request: Any) -> bytes:
        request.setHeader(b"Content-Encoding", b"gzip")
        return b"\x1f\x8b"

    _, fetcher, _ = fetching(say)
    failure_of(fetcher.fetch(URL), BackendError)


def test_too_many_at_once() -> None:
    """There is a bound to the fetches under way; one that ends, however it ends, makes room."""
    _, fetcher, _ = fetching(lambda _: NOT_DONE_YET)
    under_way = [fetcher.fetch(URL) for _ in range(MAX_FETCHES)]
    with pytest.raises(Overloaded):
        fetcher.fetch(URL)
    under_way[0].cancel()
    failure_of(under_way[0], CancelledError)
    d = fetcher.fetch(URL)
    assert outcomes_of(d) == []


def test_the_url_of_the_flag(running_reactor: Any) -> None:
    """``http:`` makes a fetcher, and takes no more."""
    PageFetcher.from_url("http:", running_reactor)
    with pytest.raises(ValueError, match="nothing after 'http:'"):
        PageFetcher.from_url("http://example.org", running_reactor)


class Saying(Protocol):
    """A server that says something, whatever it is asked, and then waits."""

    words = b""
    closed: Deferred[None]
    factory: Any

    def connectionMade(self) -> None:
        """Start afresh."""
        self.factory.connections.append(self)
        self.closed = Deferred()

    def dataReceived(self, data: bytes) -> None:
        """Say it."""
        assert self.transport is not None
        self.transport.write(self.words)

    def connectionLost(self, reason: object = None) -> None:
        """Tell."""
        self.closed.callback(None)


async def listen(reactor: Any, words: bytes) -> tuple[Any, Any]:
    factory: Any = Factory.forProtocol(type("Said", (Saying,), {"words": words}))
    factory.connections = []
    factory.noisy = False
    return await serverFromString(reactor, "tcp:0:interface=127.0.0.1").listen(factory), factory


@ensureDeferred
@pytest.mark.parametrize(
    "words",
    [b"", b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n<title"],
    ids=["silent", "head", "body"],
)
async def test_cancelling_closes_the_socket(running_reactor: Any, words: bytes) -> None:
    """In every phase of a fetch, to cancel it is to close its socket."""
    port, factory = await listen(running_reactor, words)
    fetcher = PageFetcher(
        Agent(running_reactor, pool=HTTPConnectionPool(running_reactor, persistent=False)), running_reactor
    )
    d = fetcher.fetch(f"http://127.0.0.1:{port.getHost().port}/")
    await until(running_reactor, lambda: factory.connections)
    await until(running_reactor, Turns(10))
    d.cancel()
    with pytest.raises(CancelledError):
        await d
    await factory.connections[0].closed
    await port.stopListening()


@ensureDeferred
@pytest.mark.parametrize("words", [b"nonsense\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n<title"])
async def test_a_server_that_breaks_off(running_reactor: Any, words: bytes) -> None:
    """A server that talks nonsense, or hangs up too soon, has not answered."""
    port, factory = await listen(running_reactor, words)
    fetcher = PageFetcher(
        Agent(running_reactor, pool=HTTPConnectionPool(running_reactor, persistent=False)), running_reactor
    )
    d = fetcher.fetch(f"http://127.0.0.1:{port.getHost().port}/")
    await until(running_reactor, lambda: factory.connections)
    await until(running_reactor, Turns(10))
    factory.connections[0].transport.loseConnection()
    with pytest.raises(BackendError) as caught:
        await d
    assert caught.value.error == "the web server of the page cannot be reached or understood"
    assert caught.value.__cause__ is not None
    await port.stopListening()
