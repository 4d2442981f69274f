"""Tuned ports over real sockets: one accept per reactor turn, and immediate writes."""

import socket
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from pytest_twisted import blockon, ensureDeferred
from twisted.internet.defer import Deferred, maybeDeferred
from twisted.internet.endpoints import serverFromString
from twisted.internet.protocol import Factory, Protocol
from twisted.internet.task import deferLater

from service.command.ports import EagerServer, EagerUNIXServer, tune_port
from tests.client import until

#: More than a socket of this machine accepts in one write.
LARGE = b"x" * 8_000_000


class Greeter(Protocol):
    """A protocol that sends its factory's words, and registers with its factory."""

    factory: Any
    transport: Any

    def connectionMade(self) -> None:
        self.factory.accepted.append(self)
        self.factory.when_made()
        self.writers: list[object] = []
        if self.factory.words:
            self.transport.write(self.factory.words)
            self.writers = self.transport.reactor.getWriters()

    def connectionLost(self, reason: object = None) -> None:
        self.factory.accepted.remove(self)


class Greeting(Factory[Greeter]):
    """A factory of greeters that keeps the open connections."""

    protocol = Greeter
    noisy = False

    def __init__(self, words: bytes) -> None:
        self.words = words
        self.accepted: list[Greeter] = []
        self.when_made: Callable[[], object] = lambda: None


class Listening:
    """A tuned port on an endpoint string."""

    def __init__(self, reactor: Any, endpoint: str, words: bytes) -> None:
        self.factory = Greeting(words)
        listening: Any = serverFromString(reactor, endpoint).listen(self.factory)
        self.port = blockon(listening)
        tune_port(self.port)
        self.clients: list[socket.socket] = []

    def connect(self) -> socket.socket:
        host = self.port.getHost()
        client = socket.socket(socket.AF_UNIX if hasattr(host, "name") else socket.AF_INET)
        client.setblocking(False)
        client.connect_ex(host.name if hasattr(host, "name") else (host.host, host.port))
        self.clients.append(client)
        return client

    async def close(self) -> None:
        for client in self.clients:
            client.close()
        await until(self.port.reactor, lambda: not self.factory.accepted)
        await maybeDeferred(self.port.stopListening)


@pytest.fixture(params=["tcp", "unix"])
def endpoint(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An endpoint of each kind."""
    return "tcp:0:interface=127.0.0.1" if request.param == "tcp" else f"unix:{tmp_path}/socket"


@pytest.fixture
def listening(request: pytest.FixtureRequest, running_reactor: Any, endpoint: str) -> Iterator[Listening]:
    """A port that greets with the words of the test."""
    port = Listening(running_reactor, endpoint, request.param)
    yield port
    blockon(Deferred.fromCoroutine(port.close()))


def take(client: socket.socket) -> bytes:
    """Read what has arrived."""
    received = b""
    with suppress(BlockingIOError):
        received = client.recv(1_000_000)
    return received


@ensureDeferred
@pytest.mark.parametrize("listening", [b"hello"], indirect=True)
async def test_what_is_small_is_written_at_once(listening: Listening, running_reactor: Any) -> None:
    """Data that the socket accepts is sent before ``write`` returns, without waiting for it to be writable."""
    client = listening.connect()
    await until(running_reactor, lambda: listening.factory.accepted)
    [server] = listening.factory.accepted
    assert server.transport not in server.writers
    assert type(server.transport) in (EagerServer, EagerUNIXServer)
    assert take(client) == b"hello"


@ensureDeferred
@pytest.mark.parametrize("listening", [LARGE], indirect=True)
async def test_what_is_large_is_written_in_the_end(listening: Listening, running_reactor: Any) -> None:
    """Data that the socket does not accept immediately is sent later, in order with later writes."""
    client = listening.connect()
    await until(running_reactor, lambda: listening.factory.accepted)
    [server] = listening.factory.accepted
    assert server.transport in server.writers
    server.transport.write(b"the end")
    server.transport.loseConnection()
    received = bytearray()

    def complete() -> bool:
        received.extend(take(client))
        return not listening.factory.accepted and received.endswith(b"the end")

    await until(running_reactor, complete)
    assert len(received) == len(LARGE) + len(b"the end")


@ensureDeferred
@pytest.mark.parametrize("listening", [b""], indirect=True)
async def test_a_client_that_is_gone(listening: Listening, running_reactor: Any) -> None:
    """Writing to a client that is gone does not raise: the connection is lost."""
    client = listening.connect()
    await until(running_reactor, lambda: listening.factory.accepted)
    [server] = listening.factory.accepted
    client.close()
    while listening.factory.accepted:
        server.transport.write(b"x" * 1000)
        await deferLater(running_reactor, 0)


@ensureDeferred
@pytest.mark.parametrize("listening", [b""], indirect=True)
async def test_one_at_a_time(listening: Listening, running_reactor: Any) -> None:
    """A burst is accepted one connection per turn, so that accepting can stop exactly at a limit."""
    listening.factory.when_made = lambda: len(listening.factory.accepted) == 5 and listening.port.stopReading()
    for _ in range(20):
        listening.connect()
    await until(running_reactor, lambda: len(listening.factory.accepted) >= 5)
    await deferLater(running_reactor, 0.05)
    assert len(listening.factory.accepted) == 5


def test_another_port() -> None:
    """Any other kind of port is left as it is."""
    port = object()
    tune_port(port)
