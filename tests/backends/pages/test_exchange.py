"""The connection of a request and its response."""

import pytest
from twisted.internet.error import ConnectionDone
from twisted.internet.testing import StringTransport
from twisted.python.failure import Failure

from service.backends.pages.exchange import Exchange
from service.backends.pages.response import ResponseHead
from service.errors import BadResponse
from tests.results import failure_of, outcomes_of


class Received:
    """A receiver that keeps what it is fed."""

    def __init__(self) -> None:
        self.data = b""
        self.ended = 0

    def feed(self, data: bytes) -> None:
        self.data += data

    def end(self) -> None:
        self.ended += 1


class Transport(StringTransport):
    """A transport that counts how often it is aborted."""

    aborted = 0

    def abortConnection(self) -> None:
        self.aborted += 1


@pytest.fixture
def transport() -> Transport:
    return Transport()


@pytest.fixture
def exchange(transport: Transport) -> Exchange:
    exchange = Exchange(b"GET", lambda _: True)
    exchange.makeConnection(transport)
    return exchange


def test_the_head_and_the_rest(exchange: Exchange, transport: Transport) -> None:
    """The request is sent, the head read, and the rest handed to a receiver, up to the end of the connection."""
    received = Received()
    heads: list[ResponseHead] = []
    exchange.head.addCallback(heads.append)
    exchange.head.addCallback(lambda _: exchange.hand_to(received))
    exchange.dataReceived(b"HTTP/1.1 200 OK\r\n\r\n<p>")
    exchange.dataReceived(b"</p>")
    exchange.connectionLost(Failure(ConnectionDone()))
    assert (transport.value(), heads) == (b"GET", [ResponseHead(200)])
    assert (received.data, received.ended, transport.aborted) == (b"<p></p>", 1, 0)


def test_after_an_abort(exchange: Exchange, transport: Transport) -> None:
    """Bytes that arrive after an abort are dropped, and the transport is aborted once."""
    received = Received()
    exchange.head.addCallback(lambda _: exchange.hand_to(received))
    exchange.dataReceived(b"HTTP/1.1 200 OK\r\n\r\n")
    exchange.abort()
    exchange.dataReceived(b"late")
    exchange.abort()
    assert (received.data, transport.aborted) == (b"", 1)


def test_what_is_not_http(exchange: Exchange, transport: Transport) -> None:
    """A malformed head fails and aborts the connection; its end is then nothing new."""
    exchange.dataReceived(b"nonsense\r\n")
    exchange.connectionLost(Failure(ConnectionDone()))
    failure_of(exchange.head, BadResponse)
    assert transport.aborted == 1


def test_an_end_without_a_head(exchange: Exchange) -> None:
    """A connection that ends before the head fails with the reason."""
    exchange.connectionLost(Failure(ConnectionDone()))
    failure_of(exchange.head, ConnectionDone)


def test_a_peer_that_is_not_permitted(transport: Transport) -> None:
    """Nothing is sent to a peer that is not permitted."""
    exchange = Exchange(b"GET", lambda peer: peer != transport.getPeer())
    exchange.makeConnection(transport)
    assert (transport.value(), transport.aborted) == (b"", 1)
    assert outcomes_of(exchange.head) == []
