"""The guard: only permitted addresses are dialled, and no more bytes pass than the limit."""

from typing import Any

import pytest
from twisted.internet.address import IPv4Address
from twisted.internet.endpoints import HostnameEndpoint
from twisted.internet.error import DNSLookupError
from twisted.internet.interfaces import IHostnameResolver, IReactorPluggableNameResolver, IResolutionReceiver
from twisted.internet.protocol import Factory, Protocol
from twisted.internet.testing import MemoryReactorClock, StringTransport
from twisted.web.client import URI, BrowserLikePolicyForHTTPS
from zope.interface.verify import verifyObject

from service.backends.pages.addresses import AddressPolicy
from service.backends.pages.guard import CONNECT_DEADLINE, FilteringReceiver, FilteringResolver, Guard, ResolvingReactor
from service.errors import TimedOut
from tests.backends.pages.webserver import Names, Receiver
from tests.results import failure_of, result_of

PUBLIC, OTHER = "93.184.215.14", "8.8.8.8"


class Keeping(Protocol):
    """A protocol that keeps the data that it receives."""

    data = b""

    def dataReceived(self, data: bytes) -> None:
        self.data += data


def guarding(reactor: Any, addresses: list[str], most: int = 100) -> Guard:
    return Guard(reactor, Names([addresses]), AddressPolicy(), BrowserLikePolicyForHTTPS(), most)


def connect(guard: Guard, uri: bytes = b"http://example.org/") -> Any:
    factory: Any = Factory.forProtocol(Keeping)
    return guard.endpointForURI(URI.fromBytes(uri)).connect(factory)


def accept(reactor: Any, peer: str) -> Any:
    """Let the first connection attempt succeed, with that peer."""
    factory = reactor.tcpClients[0][2]
    transport = StringTransport(peerAddress=IPv4Address("TCP", peer, 80))
    protocol = factory.buildProtocol(transport.getPeer())
    protocol.makeConnection(transport)
    return protocol, transport


@pytest.mark.parametrize("address", [PUBLIC, "2606:2800:21f:cb07:6820:80da:af6b:8b2c"])
@pytest.mark.parametrize(("uri", "port"), [(b"http://example.org/", 80), (b"https://example.org:8443/", 8443)])
def test_a_public_address_is_connected_to(address: str, uri: bytes, port: int) -> None:
    """A name that resolves to a public address is dialled at that address, with and without TLS."""
    reactor = MemoryReactorClock()
    d = connect(guarding(reactor, [address]), uri)
    [(host, dialled, *_)] = reactor.tcpClients
    assert (host, dialled) == (address, port)
    d.cancel()
    d.addErrback(lambda _: None)


def test_an_ipv6_literal() -> None:
    """The resolver gets an IPv6 address without the brackets of its URL."""
    reactor = MemoryReactorClock()
    guard = guarding(reactor, [PUBLIC])
    d = connect(guard, b"http://[2606:2800::1]:8080/")
    assert guard.resolver.asked == ["2606:2800::1"]  # type: ignore[attr-defined]  # it is the one of this test
    d.cancel()
    d.addErrback(lambda _: None)


def test_only_the_public_ones_of_several() -> None:
    """Only the public ones of a name's addresses are dialled."""
    reactor = MemoryReactorClock()
    guard = guarding(reactor, ["127.0.0.1", PUBLIC, "::1"])
    d = connect(guard)
    reactor.pump([1] * 4)
    assert [host for host, *_ in reactor.tcpClients] == [PUBLIC]
    accept(reactor, PUBLIC)
    result_of(d)
    assert not guard.blocked


@pytest.mark.parametrize("uri", [b"http://localhost/", b"https://localhost/"])
def test_no_public_address(uri: bytes) -> None:
    """A name without a public address is recorded as blocked, and is not dialled."""
    reactor = MemoryReactorClock()
    guard = guarding(reactor, ["127.0.0.1", "::1"])
    failure_of(connect(guard, uri), DNSLookupError)
    assert guard.blocked
    assert reactor.tcpClients == []


def test_no_address_at_all() -> None:
    """A name without any address is not recorded as blocked."""
    guard = guarding(MemoryReactorClock(), [])
    failure_of(connect(guard), DNSLookupError)
    assert not guard.blocked


def test_the_peer_is_looked_at_again() -> None:
    """A connection whose peer is not permitted is aborted, whatever was dialled."""
    reactor = MemoryReactorClock()
    guard = guarding(reactor, [PUBLIC])
    d = connect(guard)
    _, transport = accept(reactor, "10.0.0.1")
    result_of(d)
    assert guard.blocked
    assert transport.disconnecting


def test_a_connection_that_takes_too_long() -> None:
    """A connection attempt that takes too long is stopped and fails with TimedOut."""
    reactor = MemoryReactorClock()
    d = connect(guarding(reactor, [PUBLIC]))
    reactor.advance(CONNECT_DEADLINE)
    assert failure_of(d, TimedOut).error == "no connection within 5 seconds"
    assert [call for call in reactor.getDelayedCalls() if call.active()] == []


def test_bytes_pass_as_long_as_there_are_some_left() -> None:
    """Bytes beyond the limit do not reach the protocol, and abort the connection."""
    reactor = MemoryReactorClock()
    guard = guarding(reactor, [PUBLIC], most=10)
    d = connect(guard)
    connection, transport = accept(reactor, PUBLIC)
    protocol = result_of(d)
    for data in (b"01234", b"56789"):
        connection.dataReceived(data)
    assert (protocol.data, guard.full) == (b"0123456789", False)
    connection.dataReceived(b"x")
    assert (protocol.data, guard.full) == (b"0123456789", True)
    assert transport.disconnecting


def test_more_may_pass_from_the_middle_of_a_piece_on() -> None:
    """If the limit is raised in the middle of a piece of data, the rest of the piece passes, too."""
    reactor = MemoryReactorClock()
    guard = guarding(reactor, [PUBLIC], most=4)
    d = connect(guard)
    connection, _ = accept(reactor, PUBLIC)
    protocol: Any = result_of(d)
    full: list[bool] = []

    def receive(data: bytes) -> None:
        protocol.data += data
        if len(protocol.data) == 4:
            guard.let_pass(6, lambda: full.append(True))

    protocol.dataReceived = receive
    connection.dataReceived(b"headbody+++")
    assert (protocol.data, full) == (b"headbody++", [True])


def test_nothing_to_abort() -> None:
    """Aborting before a connection is made has no effect."""
    guarding(MemoryReactorClock(), []).abort()


def test_interfaces() -> None:
    """Each stand-in for a part of Twisted provides the whole interface."""
    guard = guarding(MemoryReactorClock(), [])
    resolver = Names([[]])
    reactor = ResolvingReactor(MemoryReactorClock(), resolver)
    verifyObject(IReactorPluggableNameResolver, reactor)
    verifyObject(IHostnameResolver, FilteringResolver(resolver, guard))
    assert reactor.installNameResolver(Names([["::1"]])) is resolver
    assert isinstance(HostnameEndpoint(reactor, b"example.org", 80), HostnameEndpoint)
    receiver = FilteringReceiver(Receiver(), guard)
    verifyObject(IResolutionReceiver, receiver)
