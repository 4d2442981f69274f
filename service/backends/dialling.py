"""Happy Eyeballs (RFC 8305): connect to the first address of a host that answers."""

from collections.abc import Sequence
from typing import Any

from twisted.internet.defer import Deferred, FailureGroup, race
from twisted.internet.endpoints import TCP4ClientEndpoint, TCP6ClientEndpoint, wrapClientTLS
from twisted.internet.interfaces import IOpenSSLClientConnectionCreator, IProtocolFactory, IStreamClientEndpoint
from twisted.internet.task import deferLater
from twisted.python.failure import Failure

from service.backends.resolver import Address


def dial(
    reactor: Any,
    addresses: Sequence[Address],
    factory: IProtocolFactory,
    tls: IOpenSSLClientConnectionCreator | None,
    pause: float,
) -> Deferred[Any]:
    """Connect to the addresses, of which there is at least one, in their order (RFC 8305, section 5).

    ``HostnameEndpoint`` does the same, but rejects host names that are not valid under IDNA 2008.

    :param tls: makes the TLS connections, None for plain TCP.
    :param pause: seconds until the next address is tried as well.
    :return: a Deferred that fires with the protocol of the first connection, once the other attempts are cancelled;
        or fails as the last attempt did.
    """
    attempts = []
    for number, address in enumerate(addresses):
        connect = endpoint_for(reactor, address, tls).connect
        attempts.append(deferLater(reactor, number * pause, connect, factory) if number else connect(factory))
    d: Deferred[Any] = race(attempts)
    return d.addCallbacks(lambda winner: winner[1], or_last_failure)


def endpoint_for(reactor: Any, address: Address, tls: IOpenSSLClientConnectionCreator | None) -> IStreamClientEndpoint:
    """Make the endpoint for an address, over TLS if ``tls`` is given."""
    kind = TCP6ClientEndpoint if ":" in address.host else TCP4ClientEndpoint
    endpoint: IStreamClientEndpoint = kind(reactor, address.host, address.port)
    return endpoint if tls is None else wrapClientTLS(tls, endpoint)


def or_last_failure(failure: Failure) -> Failure:
    """Return the last of the failed attempts."""
    failure.trap(FailureGroup)
    group: Any = failure.value
    last: Failure = group.failures[-1]
    return last
