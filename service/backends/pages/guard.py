"""One connection to a stranger's server: to no address but a permitted one, and for no more bytes than agreed.

The guard stands at the endpoint, above TLS and below HTTP: whatever a URL says, what gets dialled is what passed the
filter here, and what it cuts off is the transport itself.
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

#: Seconds until a connection stands, the look-up of the name included.
CONNECT_DEADLINE = 5.0


@implementer(IAgentEndpointFactory, IStreamClientEndpoint)
@define(eq=False)
class Guard:
    """Makes the one connection of a request, and lets ``most`` bytes pass, until ``let_pass`` says otherwise.

    ``blocked`` says that it leads to where we do not connect; ``full`` that more bytes came than may pass.
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
        """See ``IAgentEndpointFactory``."""
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
        """Let that many more bytes pass, and call ``when_full`` in place of the next one."""
        self.most = more
        self._when_full = when_full

    def is_full(self) -> None:
        """Take note that no more may pass."""
        self.full = True
        self._when_full()

    def abort(self) -> None:
        """Cut the connection off, at once and at the socket; what it has already brought is not let pass either."""
        self.over = True
        if self._connection is not None:
            self._connection.abortConnection()

    def admits(self, address: IAddress) -> bool:
        """Say whether an address may be connected to, and remember it if not."""
        admitted = self.policy.admits(address)
        self.blocked = self.blocked or not admitted
        return admitted

    def _connected(self, connection: "GuardedConnection") -> IProtocol:
        self._connection = connection
        self.blocked = False  # the name had other addresses, too
        if not self.admits(connection.getPeer()):
            self.abort()
        protocol: IProtocol = connection.wrappedProtocol
        return protocol


class GuardedConnection(ProtocolWrapper):
    """Lets bytes pass to the protocol as long as the guard has some left for it."""

    factory: "GuardedFactory"

    def dataReceived(self, data: bytes) -> None:
        """See ``IProtocol``."""
        guard = self.factory.guard
        while data and not guard.over:
            if guard.most == 0:
                guard.is_full()
                return
            # Piece by piece: the headers may end in the middle, and then more may pass.
            piece, data = data[: guard.most], data[guard.most :]
            guard.most -= len(piece)
            super().dataReceived(piece)


class GuardedFactory(WrappingFactory[GuardedConnection]):
    """Makes guarded connections."""

    noisy = False
    protocol = GuardedConnection

    def __init__(self, wrapped: IProtocolFactory, guard: Guard) -> None:
        super().__init__(wrapped)
        self.guard = guard


@implementer(IHostnameResolver)
@define
class FilteringResolver:
    """Resolves as ``resolver`` does, to the addresses alone that the ``guard`` admits; literal ones pass here, too."""

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
        """See ``IHostnameResolver``."""
        receiver = FilteringReceiver(resolutionReceiver, self.guard)
        return self.resolver.resolveHostName(receiver, hostName, portNumber, addressTypes, transportSemantics)


_Receiver: Any = proxyForInterface(IResolutionReceiver, "receiver")


class FilteringReceiver(_Receiver):  # type: ignore[misc]  # the proxy is made at run time
    """Passes on to a receiver the addresses alone that the guard admits."""

    def __init__(self, receiver: IResolutionReceiver, guard: Guard) -> None:
        super().__init__(receiver)
        self.guard = guard

    def addressResolved(self, address: IAddress) -> None:
        """See ``IResolutionReceiver``."""
        if self.guard.admits(address):
            self.receiver.addressResolved(address)


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
