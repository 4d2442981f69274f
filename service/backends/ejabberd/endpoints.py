"""Endpoints for the API client that fail fast on a refused connection."""

from typing import Any

from attrs import frozen
from twisted.internet.endpoints import HostnameEndpoint, wrapClientTLS
from twisted.internet.interfaces import IStreamClientEndpoint
from twisted.web.client import URI
from twisted.web.iweb import IAgentEndpointFactory, IPolicyForHTTPS
from zope.interface import implementer

from service.backends.limiter import DEADLINE

#: Seconds between attempts at the addresses of a host. With the default of 0.3, it takes that long to report that the
#: only address refuses.
ATTEMPT_DELAY = 0.02


@implementer(IAgentEndpointFactory)
@frozen
class Endpoints:
    """A factory of endpoints for an ``Agent``."""

    reactor: Any
    tls: IPolicyForHTTPS

    def endpointForURI(self, uri: URI) -> IStreamClientEndpoint:
        host = uri.host.decode("ascii")
        endpoint = HostnameEndpoint(self.reactor, host, uri.port, timeout=DEADLINE, attemptDelay=ATTEMPT_DELAY)
        if uri.scheme == b"https":
            return wrapClientTLS(self.tls.creatorForNetloc(uri.host, uri.port), endpoint)
        return endpoint
