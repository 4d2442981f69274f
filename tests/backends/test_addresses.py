"""Whom a stranger may have us connect to: nobody who is not public."""

from collections.abc import Sequence
from typing import Any

import pytest
from attrs import define
from twisted.internet.address import HostnameAddress, IPv4Address, IPv6Address
from twisted.internet.error import DNSLookupError
from twisted.internet.interfaces import IAddress, IHostnameResolver, IHostResolution, IReactorPluggableNameResolver
from twisted.internet.protocol import Factory
from twisted.internet.testing import MemoryReactorClock
from twisted.web.client import URI
from zope.interface import implementer
from zope.interface.verify import verifyObject

from service.backends.addresses import PublicEndpoints, PublicResolver, ResolvingReactor, is_public
from service.errors import BlockedAddress
from tests.results import failure_of


@implementer(IHostResolution, IHostnameResolver)
@define
class KnownHost:
    """Resolves every name to the same addresses."""

    addresses: list[str]
    name: str = "example.org"

    def cancel(self) -> None:
        """Take no notice: it is over at once."""

    def resolveHostName(
        self,
        resolutionReceiver: Any,
        hostName: str,
        portNumber: int = 0,
        addressTypes: Sequence[type[IAddress]] | None = None,
        transportSemantics: str = "TCP",
    ) -> IHostResolution:
        """See ``IHostnameResolver``."""
        resolutionReceiver.resolutionBegan(self)
        for address in self.addresses:
            kind = IPv6Address if ":" in address else IPv4Address
            resolutionReceiver.addressResolved(kind("TCP", address, portNumber))
        resolutionReceiver.resolutionComplete()
        return self


def connect(reactor: Any, uri: bytes) -> Any:
    endpoint = PublicEndpoints(reactor).endpointForURI(URI.fromBytes(uri))
    return endpoint.connect(Factory())


def reactor_with(addresses: list[str]) -> MemoryReactorClock:
    reactor = MemoryReactorClock()
    reactor.installNameResolver(KnownHost(addresses))
    return reactor


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "10.0.0.1", "192.168.1.1", "172.16.0.1", "169.254.169.254", "0.0.0.0", "::1", "fe80::1", "fc00::1"],
)
def test_addresses_that_are_not_public(address: str) -> None:
    """An address of this machine or this network is not public."""
    assert not is_public(IPv6Address("TCP", address, 80) if ":" in address else IPv4Address("TCP", address, 80))


def test_an_address_that_is_no_number() -> None:
    """A name is no public address before it is resolved."""
    assert not is_public(HostnameAddress(b"example.org", 80))


@pytest.mark.parametrize("address", ["93.184.215.14", "2606:2800:21f:cb07:6820:80da:af6b:8b2c"])
@pytest.mark.parametrize(("uri", "port"), [(b"http://example.org/", 80), (b"https://example.org:8443/", 8443)])
def test_a_public_address_is_connected_to(address: str, uri: bytes, port: int) -> None:
    """A name that leads to a public address is dialled at that address, over TLS or not."""
    reactor = reactor_with([address])
    d = connect(reactor, uri)
    [(host, dialled, *_)] = reactor.tcpClients
    assert (host, dialled) == (address, port)
    d.cancel()
    d.addErrback(lambda _: None)


def test_only_the_public_ones_of_several(running_reactor: Any) -> None:
    """Of the addresses of a name, only those that are public are dialled."""
    reactor = reactor_with(["127.0.0.1", "93.184.215.14", "::1"])
    d = connect(reactor, b"http://example.org/")
    reactor.pump([1] * 5)
    assert [host for host, *_ in reactor.tcpClients] == ["93.184.215.14"]
    d.cancel()
    d.addErrback(lambda _: None)


@pytest.mark.parametrize("uri", [b"http://localhost/", b"https://localhost/"])
def test_no_public_address(uri: bytes) -> None:
    """A name that leads to no public address is refused, and nothing is dialled."""
    reactor = reactor_with(["127.0.0.1", "::1"])
    failure_of(connect(reactor, uri), BlockedAddress)
    assert reactor.tcpClients == []


def test_no_address_at_all() -> None:
    """A name that leads nowhere is not a blocked one."""
    failure_of(connect(reactor_with([]), b"http://example.org/"), DNSLookupError)


def test_the_reactor_for_one_endpoint() -> None:
    """What the endpoint takes for a reactor has the whole interface of a pluggable resolver."""
    resolver = PublicResolver(KnownHost([]))
    reactor = ResolvingReactor(MemoryReactorClock(), resolver)
    verifyObject(IReactorPluggableNameResolver, reactor)
    other = KnownHost([])
    assert reactor.installNameResolver(other) is resolver
    assert reactor.nameResolver is other
    assert not resolver.blocked
