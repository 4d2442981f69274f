"""A web server that misbehaves on demand, and a fetcher for it, with real local sockets and a fake clock."""

from collections.abc import Callable, Sequence
from typing import Any

from attrs import define, field
from twisted.internet.address import IPv4Address, IPv6Address
from twisted.internet.defer import Deferred, succeed
from twisted.internet.endpoints import SSL4ServerEndpoint, TCP4ServerEndpoint
from twisted.internet.protocol import Factory, Protocol
from twisted.internet.task import Clock
from twisted.web.iweb import IPolicyForHTTPS

from service.backends.pages.addresses import AddressPolicy
from service.backends.pages.client import PageClient
from service.backends.pages.fetcher import PageFetcher
from service.backends.resolver import Address, Resolver
from service.backends.tls import CertificatePolicy
from service.interfaces import Need

LOOPBACK = "127.0.0.1"
OK = b"HTTP/1.1 200 OK"
HTML = b"Content-Type: text/html; charset=utf-8"
TITLE = b"<title>x</title>"


def all_of_it(_: bytes, __: str | None) -> Need:
    return Need.REQUIRED


def until_title(body: bytes, _: str | None) -> Need:
    return Need.NOTHING if b"</title>" in body else Need.REQUIRED


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


@define
class Names(Resolver):
    """A resolver that gives each look-up the next list of addresses, and then repeats the last one."""

    answers: list[list[str]]
    asked: list[str] = field(factory=list)

    def look_up(self, host: str, port: int) -> Deferred[list[Address]]:
        """See ``Resolver``."""
        self.asked.append(host)
        found = self.answers[0]
        if len(self.answers) > 1:
            del self.answers[0]
        return succeed([(IPv6Address if ":" in address else IPv4Address)("TCP", address, port) for address in found])


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
    resolver: Resolver,
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
            tls=tls or CertificatePolicy(),
            contact="me@example.org",
        )
    )
