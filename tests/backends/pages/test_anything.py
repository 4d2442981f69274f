"""Page fetching for any URL and from any server: a title, or an error that is documented."""

import gzip
from typing import Any

from hypothesis import given, strategies as st
from twisted.internet.address import IPv4Address
from twisted.internet.defer import Deferred
from twisted.internet.error import ConnectionDone
from twisted.internet.testing import MemoryReactorClock, StringTransport
from twisted.python.failure import Failure

from service.backends.pages.fetcher import MAX_REDIRECTS
from service.chains.titles import Titles
from service.errors import ServiceError
from service.values import Title
from tests.backends.pages.webserver import OK, TITLE, Names, make_fetcher
from tests.results import outcomes_of


class InMemory:
    """A fetcher whose only address is public, in memory."""

    def __init__(self) -> None:
        self.reactor = MemoryReactorClock()
        self.fetcher = make_fetcher(self.reactor, Names([["93.184.215.14"]]), "")

    def answer(self, data: bytes) -> None:
        """Answer the last request with these bytes, and hang up."""
        transport = StringTransport(peerAddress=IPv4Address("TCP", "93.184.215.14", 80))
        transport.abortConnection = transport.loseConnection  # type: ignore[method-assign]  # it has none of its own
        protocol: Any = self.reactor.tcpClients[-1][2].buildProtocol(transport.getPeer())
        protocol.makeConnection(transport)
        protocol.dataReceived(data)
        self.reactor.advance(0)
        protocol.connectionLost(Failure(ConnectionDone()))
        self.reactor.advance(0)


#: Parts of responses, to be put together in any order.
PARTS = [
    *(
        b"HTTP/1.1 200 OK\r\n",
        b"HTTP/1.1 302 Found\r\n",
        b"Location: /x\r\n",
        b"Location: http://[\r\n",
        b"\r\n",
        b"\n",
    ),
    *(b"Content-Length: 5\r\n", b"Content-Length: 16\r\n", b"Transfer-Encoding: chunked\r\n", b"10\r\n", b"0\r\n"),
    *(b"Content-Encoding: gzip\r\n", b"Content-Encoding: br\r\n", b"Content-Encoding: zstd\r\n", gzip.compress(TITLE)),
    *(b"Content-Type: text/html\r\n", b"Content-Type: \xff\r\n", TITLE, b"\0", b"\xff"),
]


@given(st.lists(st.sampled_from(PARTS) | st.binary(max_size=10)).map(b"".join))
def test_any_bytes_as_a_response(data: bytes) -> None:
    """Any bytes are a page, a redirect, or an error that is documented."""
    web = InMemory()
    d = Titles(web.fetcher).get_page_title("http://page.example/")
    for hop in range(MAX_REDIRECTS + 1):
        if len(web.reactor.tcpClients) > hop:
            web.answer(OK + b"\r\n" + data if hop % 2 else data)
    assert_documented(d)


@given(st.text(max_size=60) | st.text(max_size=60).map(lambda text: f"http://{text}"))
def test_any_text_as_a_url(url: str) -> None:
    """Any text is fetched, or refused with an error that is documented."""
    web = InMemory()
    d = Titles(web.fetcher).get_page_title(url)
    if web.reactor.tcpClients:
        web.answer(OK + b"\r\n\r\n" + TITLE)
    assert_documented(d)


def assert_documented(d: Deferred[Any]) -> None:
    """Check that a Deferred has fired with a title, or with an error that is neither a bug nor unknown."""
    [outcome] = outcomes_of(d)
    assert isinstance(outcome, Title) or isinstance(outcome.value, ServiceError)
