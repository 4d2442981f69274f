"""A raw HTTP client, which keeps the bytes that it receives and notices when the connection ends."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from attrs import define
from twisted.internet.defer import Deferred
from twisted.internet.endpoints import HostnameEndpoint, connectProtocol
from twisted.internet.protocol import Protocol
from twisted.internet.task import deferLater

#: Seconds that a test waits for an expected event.
PATIENCE = 30


class Client(Protocol):
    """A protocol that keeps received bytes; ``closed`` fires with None when the connection ends."""

    def __init__(self) -> None:
        self.received = b""
        self.closed: Deferred[None] = Deferred()

    def dataReceived(self, data: bytes) -> None:
        """Keep the bytes."""
        self.received += data

    def connectionLost(self, reason: object = None) -> None:
        """Fire ``closed``."""
        self.closed.callback(None)

    def get(self, path: str) -> None:
        """Send a GET request."""
        self.send(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())

    def send(self, data: bytes) -> None:
        """Send bytes."""
        assert self.transport is not None
        self.transport.write(data)


async def connect(reactor: Any, url: str) -> Client:
    """Connect to the host and port of a URL."""
    parts = urlsplit(url)
    endpoint = HostnameEndpoint(reactor, parts.hostname or "", parts.port or 80)
    client: Client = await connectProtocol(endpoint, Client())
    return client


async def until(reactor: Any, condition: Callable[[], Any]) -> None:
    """Let the reactor turn until a condition holds, and fail if it does not within ``PATIENCE`` seconds."""
    deadline = reactor.seconds() + PATIENCE
    while not condition():
        assert reactor.seconds() < deadline, f"the condition does not hold after {PATIENCE} seconds"
        await deferLater(reactor, 0.001)


@define
class Turns:
    """A condition that holds after ``left`` checks: time for bytes to arrive that the test cannot observe."""

    left: int

    def __call__(self) -> bool:
        self.left -= 1
        return self.left < 0
