"""How the API is connected to: an address that refuses is known to at once."""

from typing import Any

from attrs import frozen
from twisted.internet.endpoints import HostnameEndpoint, wrapClientTLS
from twisted.internet.interfaces import IStreamClientEndpoint
from twisted.web.client import URI
from twisted.web.iweb import IAgentEndpointFactory, IPolicyForHTTPS
from zope.interface import implementer

from service.backends.limiter import DEADLINE

#: Seconds until the next address of a host is tried, and until it counts that there is none: an Agent's own endpoints
#: take 0.3 to say that the only one refuses.
ATTEMPT_DELAY = 0.02


@implementer(IAgentEndpointFactory)
@frozen
class Endpoints:
    """Makes the endpoints of an ``Agent``."""

    reactor: Any
    tls: IPolicyForHTTPS

    def endpointForURI(self, uri: URI) -> IStreamClientEndpoint:
        """See ``IAgentEndpointFactory``."""
        host = uri.host.decode("ascii")
        endpoint = HostnameEndpoint(self.reactor, host, uri.port, timeout=DEADLINE, attemptDelay=ATTEMPT_DELAY)
        if uri.scheme == b"https":
            return wrapClientTLS(self.tls.creatorForNetloc(uri.host, uri.port), endpoint)
        return endpoint
