"""The guard: only permitted addresses are dialled."""

from typing import Any

import pytest
from attrs import define
from twisted.internet.address import IPv4Address
from twisted.internet.defer import Deferred
from twisted.internet.error import ConnectingCancelledError
from twisted.internet.testing import MemoryReactorClock, StringTransport

from service.backends.pages.addresses import AddressPolicy
from service.backends.pages.exchange import Exchange
from service.backends.pages.guard import CONNECT_DEADLINE, PAUSE, Guard
from service.backends.resolver import Address
from service.backends.tls import CertificatePolicy
from service.errors import BlockedAddress, DNSError, TimedOut
from tests.backends.pages.webserver import Names
from tests.results import failure_of, outcomes_of, result_of

PUBLIC, OTHER = "93.184.215.14", "2606:2800:21f:cb07:6820:80da:af6b:8b2c"


@define
class Attempt:
    """A request that a guard lets out, in memory."""

    reactor: MemoryReactorClock
    guard: Guard
    d: Deferred[Exchange]

    @classmethod
    def at(cls, *addresses: str, port: int = 80, tls: Any = None) -> "Attempt":
        reactor = MemoryReactorClock()
        guard = Guard(reactor, Names([list(addresses)]), AddressPolicy())
        return cls(reactor, guard, guard.connect("example.org", port, b"GET / HTTP/1.1\r\n\r\n", tls))

    @property
    def dialled(self) -> list[tuple[str, int]]:
        return [(host, port) for host, port, *_ in self.reactor.tcpClients]

    def accept(self, peer: str) -> Any:
        """Let the first connection attempt succeed, with that peer."""
        transport = StringTransport(peerAddress=IPv4Address("TCP", peer, 80))
        protocol: Any = self.reactor.tcpClients[0][2].buildProtocol(transport.getPeer())
        protocol.makeConnection(transport)
        return transport


@pytest.mark.parametrize("address", [PUBLIC, OTHER])
@pytest.mark.parametrize(("port", "tls"), [(80, None), (8443, CertificatePolicy().creatorForNetloc(b"a.example", 443))])
def test_a_public_address_is_connected_to(address: str, port: int, tls: Any) -> None:
    """A name that resolves to a public address is dialled at that address, with and without TLS."""
    attempt = Attempt.at(address, port=port, tls=tls)
    assert attempt.dialled == [(address, port)]
    attempt.d.cancel()
    failure_of(attempt.d, ConnectingCancelledError)


def test_only_the_public_ones_of_several() -> None:
    """Only the public ones of a name's addresses are dialled."""
    attempt = Attempt.at("127.0.0.1", PUBLIC, "::1")
    attempt.reactor.pump([PAUSE] * 4)
    assert attempt.dialled == [(PUBLIC, 80)]
    transport = attempt.accept(PUBLIC)
    assert isinstance(result_of(attempt.d), Exchange)
    assert transport.value().startswith(b"GET / ")


def test_the_next_address() -> None:
    """While an address has not answered, the next one is tried after a pause; the first that answers is taken."""
    attempt = Attempt.at(PUBLIC, OTHER)
    assert attempt.dialled == [(PUBLIC, 80)]
    attempt.reactor.advance(PAUSE)
    assert attempt.dialled == [(PUBLIC, 80), (OTHER, 80)]
    attempt.accept(PUBLIC)
    result_of(attempt.d)
    assert [connector.stoppedConnecting for connector in attempt.reactor.connectors] == [False, True]


@pytest.mark.parametrize(("addresses", "error"), [(("127.0.0.1", "::1"), BlockedAddress), ((), DNSError)])
def test_no_public_address(addresses: tuple[str, ...], error: type[Exception]) -> None:
    """A name without a public address is refused, and is not dialled."""
    attempt = Attempt.at(*addresses)
    failure_of(attempt.d, error)
    assert attempt.dialled == []


def test_the_peer_is_looked_at_again() -> None:
    """A connection whose peer is not permitted is aborted before anything is sent, whatever was dialled."""
    attempt = Attempt.at(PUBLIC)
    transport = attempt.accept("10.0.0.1")
    result_of(attempt.d)
    assert attempt.guard.blocked
    assert (transport.disconnecting, transport.value()) == (True, b"")


def test_a_connection_that_takes_too_long() -> None:
    """A connection attempt that takes too long is stopped and fails with TimedOut."""
    attempt = Attempt.at(PUBLIC, OTHER)
    attempt.reactor.advance(CONNECT_DEADLINE)
    assert failure_of(attempt.d, TimedOut).error == "no connection within 5 seconds"
    assert [call for call in attempt.reactor.getDelayedCalls() if call.active()] == []


def test_a_name_that_takes_too_long() -> None:
    """The deadline includes the look-up of the name."""

    class Silent(Names):
        """A resolver that never answers."""

        def look_up(self, host: str, port: int) -> Deferred[list[Address]]:
            return Deferred()

    reactor = MemoryReactorClock()
    d = Guard(reactor, Silent([]), AddressPolicy()).connect("example.org", 80, b"", None)
    reactor.advance(CONNECT_DEADLINE)
    failure_of(d, TimedOut)
    assert outcomes_of(d) == [None]
