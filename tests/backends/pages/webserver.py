"""A web server that misbehaves on demand, and a fetcher for it, with real local sockets and a fake clock."""

from collections.abc import Callable, Sequence
from typing import Any

from attrs import define, field
from twisted.internet.address import IPv4Address, IPv6Address
from twisted.internet.defer import Deferred
from twisted.internet.endpoints import SSL4ServerEndpoint, TCP4ServerEndpoint
from twisted.internet.interfaces import IAddress, IHostnameResolver, IHostResolution, IResolutionReceiver
from twisted.internet.protocol import Factory, Protocol
from twisted.internet.task import Clock
from twisted.web.client import BrowserLikePolicyForHTTPS
from twisted.web.iweb import IPolicyForHTTPS
from zope.interface import implementer

from service.backends.pages.addresses import AddressPolicy
from service.backends.pages.client import PageClient
from service.backends.pages.fetcher import PageFetcher

LOOPBACK = "127.0.0.1"
OK = b"HTTP/1.1 200 OK"
HTML = b"Content-Type: text/html; charset=utf-8"
TITLE = b"<title>x</title>"


def never(_: bytes, __: str | None) -> bool:
    return False


class Connection(Protocol):
    """A connection that answers a request with its server's ``answer``."""

    factory: "Server"
    transport: Any
    request = b""

    def __init__(self) -> None:
        self.closed: Deferred[None] = Deferred()
        self.answered = False

    def connectionMade(self) -> None:
        self.factory.connections.append(self)

    def dataReceived(self, data: bytes) -> None:
        self.request += data
        assert self.request.endswith(b"\r\n\r\n")  # the fetcher's requests arrive in one piece
        self.answered = True
        self.factory.answer(self)

    def write(self, *lines: bytes) -> None:
        """Send the head of a response, with the empty line after it."""
        self.transport.write(b"".join(line + b"\r\n" for line in (*lines, b"")))

    @property
    def path(self) -> bytes:
        return self.request.split()[1]

    def connectionLost(self, reason: object = None) -> None:
        self.closed.callback(None)


class Server(Factory[Connection]):
    """A server on a free port that calls ``answer`` with each connection that has sent a request."""

    noisy = False
    protocol = Connection

    def __init__(self, answer: Callable[[Connection], None]) -> None:
        self.answer = answer
        self.connections: list[Connection] = []
        self.port: Any = None

    async def listen(self, reactor: Any, host: str = LOOPBACK, tls: Any = None) -> int:
        if tls is None:
            endpoint: Any = TCP4ServerEndpoint(reactor, 0, interface=host)
        else:
            endpoint = SSL4ServerEndpoint(reactor, 0, tls, interface=host)
        self.port = await endpoint.listen(self)
        number: int = self.port.getHost().port
        return number


def say(*head: bytes, body: bytes = b"", hang_up: bool = False) -> Callable[[Connection], None]:
    """Make an answer of a head and a body; ``hang_up`` closes the connection gracefully."""

    def answer(connection: Connection) -> None:
        connection.write(*head)
        connection.transport.write(body)
        if hang_up:
            connection.transport.loseConnection()

    return answer


@implementer(IHostResolution, IHostnameResolver)
@define
class Names:
    """A resolver that gives each look-up the next list of addresses, and then repeats the last one."""

    answers: list[list[str]]
    name: str = "example.org"
    asked: list[str] = field(factory=list)

    def cancel(self) -> None:
        """Do nothing: the look-up has already completed."""

    def resolveHostName(
        self,
        resolutionReceiver: Any,
        hostName: str,
        portNumber: int = 0,
        addressTypes: Sequence[type[IAddress]] | None = None,
        transportSemantics: str = "TCP",
    ) -> IHostResolution:
        """See ``IHostnameResolver``."""
        self.asked.append(hostName)
        resolutionReceiver.resolutionBegan(self)
        for address in self.answers[0]:
            kind = IPv6Address if ":" in address else IPv4Address
            resolutionReceiver.addressResolved(kind("TCP", address, portNumber))
        if len(self.answers) > 1:
            del self.answers[0]
        resolutionReceiver.resolutionComplete()
        return self


@implementer(IResolutionReceiver)
@define
class Receiver:
    """A receiver that collects the addresses; ``complete`` fires with them."""

    found: list[Any] = field(factory=list)
    complete: Deferred[list[Any]] = field(factory=Deferred)
    resolution: Any = None

    def resolutionBegan(self, resolutionInProgress: IHostResolution) -> None:
        """See ``IResolutionReceiver``."""
        self.resolution = resolutionInProgress

    def addressResolved(self, address: Any) -> None:
        """See ``IResolutionReceiver``."""
        self.found.append(address)

    def resolutionComplete(self) -> None:
        """See ``IResolutionReceiver``."""
        self.complete.callback(self.found)


class TimedReactor:
    """A reactor with real sockets and the time of a ``clock``."""

    def __init__(self, reactor: Any, clock: Clock) -> None:
        self._reactor = reactor
        self.seconds = clock.seconds
        self.callLater = clock.callLater
        self.getDelayedCalls = clock.getDelayedCalls

    def __getattr__(self, name: str) -> Any:
        return getattr(self._reactor, name)


def make_fetcher(
    reactor: Any,
    resolver: IHostnameResolver,
    allow: str,
    ports: Sequence[int] = (80, 443),
    tls: IPolicyForHTTPS | None = None,
) -> PageFetcher:
    """Make a fetcher that may connect to the networks and ports that a test allows."""
    policy = AddressPolicy.from_options({"ports": ",".join(map(str, ports))} | ({"allow": allow} if allow else {}))
    return PageFetcher(
        PageClient(
            reactor=reactor,
            resolver=resolver,
            policy=policy,
            tls=tls or BrowserLikePolicyForHTTPS(),
            contact="me@example.org",
        )
    )
