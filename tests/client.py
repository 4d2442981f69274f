"""An HTTP client that shows what the wire shows: bytes as they come, and when it is hung up on."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from attrs import define
from twisted.internet.defer import Deferred
from twisted.internet.endpoints import HostnameEndpoint, connectProtocol
from twisted.internet.protocol import Protocol
from twisted.internet.task import deferLater

#: Seconds that a test waits for something that has to happen.
PATIENCE = 30


class Client(Protocol):
    """Keeps what it is sent; ``closed`` fires when the connection ends."""

    def __init__(self) -> None:
        self.received = b""
        self.closed: Deferred[None] = Deferred()

    def dataReceived(self, data: bytes) -> None:
        """Keep it."""
        self.received += data

    def connectionLost(self, reason: object = None) -> None:
        """Tell."""
        self.closed.callback(None)

    def get(self, path: str) -> None:
        """Send a request."""
        self.send(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())

    def send(self, data: bytes) -> None:
        """Send bytes."""
        assert self.transport is not None
        self.transport.write(data)


async def connect(reactor: Any, url: str) -> Client:
    """Connect to the host and port of an address."""
    parts = urlsplit(url)
    endpoint = HostnameEndpoint(reactor, parts.hostname or "", parts.port or 80)
    client: Client = await connectProtocol(endpoint, Client())
    return client


async def until(reactor: Any, condition: Callable[[], Any]) -> None:
    """Let the reactor turn until a condition holds, and fail if it does not within ``PATIENCE`` seconds."""
    deadline = reactor.seconds() + PATIENCE
    while not condition():
        assert reactor.seconds() < deadline, f"still not so after {PATIENCE} seconds"
        await deferLater(reactor, 0.001)


@define
class Turns:
    """True when it has been asked as often as ``left`` said: for bytes that nobody counts to arrive."""

    left: int

    def __call__(self) -> bool:
        self.left -= 1
        return self.left < 0
