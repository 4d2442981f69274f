"""The endpoint of clients of an API: it takes any host name, and fails fast on a refused connection."""

from typing import Any, Self

from attrs import frozen
from twisted.internet.defer import Deferred
from twisted.internet.error import DNSLookupError
from twisted.internet.interfaces import (
    IOpenSSLClientConnectionCreator,
    IProtocol,
    IProtocolFactory,
    IStreamClientEndpoint,
)
from twisted.web.client import URI
from twisted.web.iweb import IAgentEndpointFactory
from zope.interface import implementer

from service.backends.dialling import dial
from service.backends.limiter import DEADLINE
from service.backends.resolver import Address, Resolver
from service.backends.tls import CertificatePolicy
from service.urls import WebAddress

#: Seconds between attempts at the addresses of a host.
ATTEMPT_DELAY = 0.02


@implementer(IAgentEndpointFactory, IStreamClientEndpoint)
@frozen
class APIEndpoint:
    """An endpoint that leads to ``address``, whatever URI an ``Agent`` was asked for."""

    reactor: Any
    resolver: Resolver
    address: WebAddress
    tls: IOpenSSLClientConnectionCreator | None

    @classmethod
    def at(cls, address: WebAddress, reactor: Any, resolver: Resolver) -> Self:
        """Make the endpoint for an address, whose host the ``resolver`` finds.

        :raise ValueError: if no certificate can be for the host; its text says what is expected.
        """
        tls = None
        if address.scheme == "https":
            try:
                tls = CertificatePolicy().creatorForNetloc(address.host.encode("ascii"), address.port)
            except ValueError as error:
                raise ValueError("a host that a certificate can be for") from error
        return cls(reactor, resolver, address, tls)

    def endpointForURI(self, _: URI) -> IStreamClientEndpoint:
        return self

    def connect(self, protocolFactory: IProtocolFactory) -> Deferred[IProtocol]:
        d: Deferred[Any] = self.resolver.look_up(self.address.host, self.address.port)
        d.addCallback(self._dial, protocolFactory)
        return d.addTimeout(DEADLINE, self.reactor)

    def _dial(self, addresses: list[Address], factory: IProtocolFactory) -> Deferred[Any]:
        if not addresses:
            raise DNSLookupError(self.address.host)
        return dial(self.reactor, addresses, factory, self.tls, ATTEMPT_DELAY)
