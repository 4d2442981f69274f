"""SSRF protection for a single connection: only to a permitted address, and with a limit on the bytes received.

The guard is the endpoint, above TLS and below HTTP. Whatever a URL says, only an address that passed its filter is
dialled, and aborting it closes the transport itself.
"""

from collections.abc import Callable, Sequence
from typing import Any

from attrs import define, field
from twisted.internet.defer import Deferred
from twisted.internet.endpoints import HostnameEndpoint, wrapClientTLS
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
from twisted.protocols.policies import ProtocolWrapper, WrappingFactory
from twisted.python.components import proxyForInterface
from twisted.python.failure import Failure
from twisted.web.client import URI
from twisted.web.iweb import IAgentEndpointFactory, IPolicyForHTTPS
from zope.interface import implementer

from service.backends.pages.addresses import AddressPolicy
from service.errors import TimedOut

#: Seconds to connect, name resolution included.
CONNECT_DEADLINE = 5.0


@implementer(IAgentEndpointFactory, IStreamClientEndpoint)
@define(eq=False)
class Guard:
    """An endpoint for one request: ``most`` bytes may pass until ``let_pass`` sets another limit.

    ``blocked`` is true if an address was refused and no other connected; ``full`` if more bytes came than may pass.
    """

    reactor: Any
    resolver: IHostnameResolver
    policy: AddressPolicy
    tls: IPolicyForHTTPS
    most: int
    blocked: bool = field(default=False, init=False)
    full: bool = field(default=False, init=False)
    over: bool = field(default=False, init=False)
    _when_full: Callable[[], object] = field(init=False)
    _endpoint: Any = field(default=None, init=False)
    _connection: Any = field(default=None, init=False)

    def __attrs_post_init__(self) -> None:
        self._when_full = self.abort

    def endpointForURI(self, uri: URI) -> IStreamClientEndpoint:
        resolving = ResolvingReactor(self.reactor, FilteringResolver(self.resolver, self))
        host = uri.host.strip(b"[]")
        self._endpoint = HostnameEndpoint(resolving, host, uri.port)
        if uri.scheme == b"https":
            self._endpoint = wrapClientTLS(self.tls.creatorForNetloc(host, uri.port), self._endpoint)
        return self

    def connect(self, protocolFactory: IProtocolFactory) -> Deferred[IProtocol]:
        """See ``IStreamClientEndpoint``; fails with ``TimedOut`` if it takes too long."""
        d: Deferred[Any] = self._endpoint.connect(GuardedFactory(protocolFactory, self))
        d.addTimeout(CONNECT_DEADLINE, self.reactor, lambda _, seconds: Failure(TimedOut(seconds, "connection")))
        return d.addCallback(self._connected)

    def let_pass(self, more: int, when_full: Callable[[], object]) -> None:
        """Let ``more`` bytes pass from now on, and call ``when_full`` instead of passing the next one."""
        self.most = more
        self._when_full = when_full

    def is_full(self) -> None:
        """Record that the limit is exceeded, and call ``when_full``."""
        self.full = True
        self._when_full()

    def abort(self) -> None:
        """Abort the connection immediately, at the socket; bytes that have already arrived are dropped."""
        self.over = True
        if self._connection is not None:
            self._connection.abortConnection()

    def admits(self, address: IAddress) -> bool:
        """Return whether an address may be connected to; a refusal sets ``blocked``."""
        admitted = self.policy.admits(address)
        self.blocked = self.blocked or not admitted
        return admitted

    def _connected(self, connection: "GuardedConnection") -> IProtocol:
        self._connection = connection
        self.blocked = False  # only other addresses of the name were refused
        if not self.admits(connection.getPeer()):
            self.abort()
        return connection.wrappedProtocol


class GuardedConnection(ProtocolWrapper):
    """A connection that passes bytes to the protocol up to the limit of the guard."""

    factory: "GuardedFactory"

    def dataReceived(self, data: bytes) -> None:
        guard = self.factory.guard
        while data and not guard.over:
            if guard.most == 0:
                guard.is_full()
                return
            # Piece by piece: the headers may end in the middle of the data, and then the limit is raised.
            piece, data = data[: guard.most], data[guard.most :]
            guard.most -= len(piece)
            super().dataReceived(piece)


class GuardedFactory(WrappingFactory[GuardedConnection]):
    """A factory of guarded connections."""

    noisy = False
    protocol = GuardedConnection

    def __init__(self, wrapped: IProtocolFactory, guard: Guard) -> None:
        super().__init__(wrapped)
        self.guard = guard


@implementer(IHostnameResolver)
@define
class FilteringResolver:
    """A resolver that reports only addresses that the ``guard`` admits; literal ones are filtered, too."""

    resolver: IHostnameResolver
    guard: Guard

    def resolveHostName(
        self,
        resolutionReceiver: IResolutionReceiver,
        hostName: str,
        portNumber: int = 0,
        addressTypes: Sequence[type[IAddress]] | None = None,
        transportSemantics: str = "TCP",
    ) -> IHostResolution:
        receiver = FilteringReceiver(resolutionReceiver, self.guard)
        return self.resolver.resolveHostName(receiver, hostName, portNumber, addressTypes, transportSemantics)


_Receiver: Any = proxyForInterface(IResolutionReceiver, "receiver")


class FilteringReceiver(_Receiver):  # type: ignore[misc]  # the proxy is made at run time
    """A receiver that passes on only the addresses that the guard admits."""

    def __init__(self, receiver: IResolutionReceiver, guard: Guard) -> None:
        super().__init__(receiver)
        self.guard = guard

    def addressResolved(self, address: IAddress) -> None:
        if self.guard.admits(address):
            self.receiver.addressResolved(address)


_TCP: Any = proxyForInterface(IReactorTCP, "reactor")
_Time: Any = proxyForInterface(IReactorTime, "reactor")


@implementer(IReactorPluggableNameResolver)
class ResolvingReactor(_TCP, _Time):  # type: ignore[misc]  # the proxies are made at run time
    """The parts of a reactor that ``HostnameEndpoint`` uses, with a resolver of its own."""

    def __init__(self, reactor: Any, nameResolver: IHostnameResolver) -> None:
        super().__init__(reactor)
        self.nameResolver = nameResolver

    def installNameResolver(self, resolver: IHostnameResolver) -> IHostnameResolver:
        former, self.nameResolver = self.nameResolver, resolver
        return former
