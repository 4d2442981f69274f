"""Which addresses a stranger may have us connect to, and endpoints that connect to no other."""

import ipaddress
from collections.abc import Sequence
from typing import Any

from attrs import define, frozen
from twisted.internet.address import IPv4Address, IPv6Address
from twisted.internet.defer import Deferred
from twisted.internet.endpoints import HostnameEndpoint, wrapClientTLS
from twisted.internet.error import DNSLookupError
from twisted.internet.interfaces import (
    IAddress,
    IHostnameResolver,
    IHostResolution,
    IProtocol,
    IProtocolFactory,
    IReactorPluggableNameResolver,
    IReactorTCP,
    IReactorTime,
    IResolutionReceiver,
    IStreamClientEndpoint,
)
from twisted.python.components import proxyForInterface
from twisted.python.failure import Failure
from twisted.web.client import URI, BrowserLikePolicyForHTTPS
from twisted.web.iweb import IAgentEndpointFactory
from zope.interface import implementer

from service.errors import BlockedAddress


def is_public(address: IAddress) -> bool:
    """Say whether anybody on the Internet may connect to an address anyway."""
    return isinstance(address, IPv4Address | IPv6Address) and ipaddress.ip_address(address.host).is_global


@implementer(IResolutionReceiver)
@define
class PublicAddresses:
    """Passes on to ``receiver`` the public addresses alone; ``blocked`` says that there were others."""

    receiver: IResolutionReceiver
    blocked: bool = False

    def resolutionBegan(self, resolutionInProgress: IHostResolution) -> None:
        """See ``IResolutionReceiver``."""
        self.receiver.resolutionBegan(resolutionInProgress)

    def addressResolved(self, address: IAddress) -> None:
        """See ``IResolutionReceiver``."""
        if is_public(address):
            self.receiver.addressResolved(address)
        else:
            self.blocked = True

    def resolutionComplete(self) -> None:
        """See ``IResolutionReceiver``."""
        self.receiver.resolutionComplete()


@implementer(IHostnameResolver)
@define
class PublicResolver:
    """Resolves names as ``resolver`` does, to public addresses alone; literal addresses pass here, too."""

    resolver: IHostnameResolver
    answers: PublicAddresses | None = None

    @property
    def blocked(self) -> bool:
        """Whether the last name had an address that is not public."""
        return self.answers is not None and self.answers.blocked

    def resolveHostName(
        self,
        resolutionReceiver: IResolutionReceiver,
        hostName: str,
        portNumber: int = 0,
        addressTypes: Sequence[type[IAddress]] | None = None,
        transportSemantics: str = "TCP",
    ) -> IHostResolution:
        """See ``IHostnameResolver``."""
        self.answers = PublicAddresses(resolutionReceiver)
        return self.resolver.resolveHostName(self.answers, hostName, portNumber, addressTypes, transportSemantics)


_TCP: Any = proxyForInterface(IReactorTCP, "reactor")
_Time: Any = proxyForInterface(IReactorTime, "reactor")


@implementer(IReactorPluggableNameResolver)
class ResolvingReactor(_TCP, _Time):  # type: ignore[misc]  # the proxies are made at run time
    """As much of a reactor as ``HostnameEndpoint`` uses, with a resolver of its own."""

    def __init__(self, reactor: Any, nameResolver: IHostnameResolver) -> None:
        super().__init__(reactor)
        self.nameResolver = nameResolver

    def installNameResolver(self, resolver: IHostnameResolver) -> IHostnameResolver:
        """See ``IReactorPluggableNameResolver``."""
        former, self.nameResolver = self.nameResolver, resolver
        return former


@implementer(IStreamClientEndpoint)
@frozen
class PublicEndpoint:
    """Connects as ``endpoint`` does, which finds its address through ``resolver``."""

    endpoint: IStreamClientEndpoint
    resolver: PublicResolver

    def connect(self, protocolFactory: IProtocolFactory) -> Deferred[IProtocol]:
        """See ``IStreamClientEndpoint``; fails with ``BlockedAddress`` where there is no public address."""
        d: Deferred[IProtocol] = self.endpoint.connect(protocolFactory)
        return d.addErrback(self._or_blocked)

    def _or_blocked(self, failure: Failure) -> Failure:
        if failure.check(DNSLookupError) and self.resolver.blocked:
            return Failure(BlockedAddress("that address is not on the public Internet"))
        return failure


@implementer(IAgentEndpointFactory)
@frozen
class PublicEndpoints:
    """Makes the endpoints of an ``Agent`` that connects to public addresses alone."""

    reactor: Any

    def endpointForURI(self, uri: URI) -> IStreamClientEndpoint:
        """See ``IAgentEndpointFactory``."""
        resolver = PublicResolver(self.reactor.nameResolver)
        endpoint: IStreamClientEndpoint = HostnameEndpoint(ResolvingReactor(self.reactor, resolver), uri.host, uri.port)
        if uri.scheme == b"https":
            tls = BrowserLikePolicyForHTTPS().creatorForNetloc(uri.host, uri.port)
            endpoint = wrapClientTLS(tls, endpoint)
        return PublicEndpoint(endpoint, resolver)
