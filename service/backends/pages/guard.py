"""SSRF protection for a single connection: whatever a URL says, only permitted addresses are dialled."""

from typing import Any

from attrs import define, field
from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IAddress, IOpenSSLClientConnectionCreator
from twisted.internet.protocol import Factory
from twisted.python.failure import Failure

from service.backends.dialling import dial
from service.backends.pages.addresses import AddressPolicy
from service.backends.pages.exchange import Exchange
from service.backends.resolver import Address, Resolver
from service.errors import BlockedAddress, DNSError, TimedOut

#: Seconds to connect, name resolution included; and until the next address is tried as well.
CONNECT_DEADLINE = 5.0
PAUSE = 0.3


@define(eq=False)
class Guard:
    """A guard that lets a request out to the addresses that its ``policy`` permits."""

    reactor: Any
    resolver: Resolver
    policy: AddressPolicy
    #: Whether the connection leads to an address that is not permitted, although a permitted one was dialled.
    blocked: bool = field(default=False, init=False)

    def connect(
        self, host: str, port: int, request: bytes, tls: IOpenSSLClientConnectionCreator | None
    ) -> Deferred[Exchange]:
        """Connect to a host, over TLS if ``tls`` is given, and send a request.

        :return: a Deferred that fires with the ``Exchange``; or fails with ``BlockedAddress`` if no address of the host
            is permitted, with ``DNSError`` if it has none, with Twisted's ``ConnectError`` if none can be reached, or
            with ``Overloaded`` or ``TimedOut``.
        """
        d: Deferred[Any] = self.resolver.look_up(host, port)
        d.addCallback(self._permitted)
        d.addCallback(lambda addresses: dial(self.reactor, addresses, Exchanges(request, self._admits), tls, PAUSE))
        return d.addTimeout(CONNECT_DEADLINE, self.reactor, or_no_connection)

    def _permitted(self, addresses: list[Address]) -> list[Address]:
        permitted = [address for address in addresses if self.policy.admits(address)]
        if addresses and not permitted:
            raise BlockedAddress
        if not permitted:
            raise DNSError("cannot be found")
        return permitted

    def _admits(self, peer: IAddress) -> bool:
        self.blocked = not self.policy.admits(peer)
        return not self.blocked


class Exchanges(Factory[Exchange]):
    """A factory of exchanges; see ``Exchange`` for its arguments."""

    noisy = False

    def __init__(self, *arguments: Any) -> None:
        self._arguments = arguments

    def buildProtocol(self, _: IAddress | None) -> Exchange:
        """Make the protocol of a connection."""
        return Exchange(*self._arguments)


def or_no_connection(_: object, seconds: float) -> Failure:
    """Replace the outcome of the cancelled attempt with ``TimedOut``."""
    return Failure(TimedOut(seconds, "connection"))
