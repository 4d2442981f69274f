"""Startup and graceful shutdown of the server, over real sockets."""

import socket
import threading
from pathlib import Path
from typing import Any

import pytest
from pytest_twisted import ensureDeferred
from twisted.internet.defer import Deferred, maybeDeferred
from twisted.internet.error import CannotListenError, ConnectError
from twisted.internet.task import deferLater

from service.backends.registry import administration_of
from service.command.composition import compose_server
from service.command.server import Server
from service.command.settings import Settings
from service.wire.limits import Limits
from tests.client import connect, until
from tests.log import Log
from tests.web.memory import DEFAULTS, NOWHERE


def url_of(port: Any) -> str:
    return f"http://127.0.0.1:{port.getHost().port}/"


def server_with(reactor: Any, **settings: Any) -> Server:
    return compose_server(Settings(**DEFAULTS | {"listen": "tcp:0:interface=127.0.0.1"} | settings), reactor, NOWHERE)


@ensureDeferred
async def test_what_is_in_flight_is_finished(running_reactor: Any) -> None:
    """A request in flight completes within the grace period; then its connection is closed, and so are idle ones."""
    server = server_with(running_reactor)
    port = await server.start()
    url = url_of(port)
    idle, busy = await connect(running_reactor, url), await connect(running_reactor, url)
    busy.get("/contacts?username=karl~slow=0.2")
    await until(running_reactor, lambda: len(server.in_flight) == 1)
    await server.stop()
    await idle.closed
    await busy.closed
    assert busy.received.startswith(b"HTTP/1.1 200 OK")
    assert busy.received.endswith(b'{"contacts": ["dustin"]}')
    with pytest.raises(ConnectError, match="refused"):
        await connect(running_reactor, url)


@ensureDeferred
async def test_what_takes_too_long_is_answered_all_the_same(running_reactor: Any) -> None:
    """A request that is unfinished after the grace period is cancelled and gets 503."""
    server = server_with(running_reactor, grace=0.05)
    client = await connect(running_reactor, url_of(await server.start()))
    client.get("/contacts?username=karl~hang")
    await until(running_reactor, lambda: len(server.in_flight) == 1)
    await server.stop()
    await client.closed
    assert client.received.startswith(b"HTTP/1.1 503 Service Unavailable")
    assert b'"code": "draining"' in client.received


@ensureDeferred
async def test_a_stream(running_reactor: Any) -> None:
    """A stream does not delay shutdown: it ends with a last event, so that the client can continue elsewhere."""
    server = server_with(running_reactor, grace=3600)
    client = await connect(running_reactor, url_of(await server.start()))
    client.get("/countdown?n=3600")
    await until(running_reactor, lambda: b"tick" in client.received)
    await server.stop()
    await client.closed
    assert b"event: problem" in client.received
    assert b'"code": "draining"' in client.received
    assert client.received.endswith(b"0\r\n\r\n")


@ensureDeferred
async def test_forty_in_flight(running_reactor: Any) -> None:
    """All forty requests in flight are completed."""
    server = server_with(running_reactor)
    url = url_of(await server.start())
    clients = [await connect(running_reactor, url) for _ in range(40)]
    for client in clients:
        client.get("/contacts?username=karl~slow=0.2")
    await until(running_reactor, lambda: len(server.in_flight) == len(clients))
    await server.stop()
    for client in clients:
        await client.closed
        assert client.received.startswith(b"HTTP/1.1 200 OK")


@ensureDeferred
async def test_lingering(running_reactor: Any) -> None:
    """While it lingers, the service accepts connections, reports that it is not ready, and closes each connection."""
    server = server_with(running_reactor, linger=0.2)
    port = await server.start()
    client = await connect(running_reactor, url_of(port))
    client.get("/livez")
    await until(running_reactor, lambda: b"ok" in client.received)
    stopping = Deferred.fromCoroutine(server.stop())
    late = await connect(running_reactor, url_of(port))
    late.get("/readyz")
    await late.closed
    assert late.received.startswith(b"HTTP/1.1 503 Service Unavailable")
    assert b"Connection: close" in late.received
    await stopping
    await client.closed


@ensureDeferred
async def test_a_request_that_does_not_come_whole(running_reactor: Any) -> None:
    """A partial request that is completed within the grace period gets its response; otherwise it gets 408."""
    server = server_with(running_reactor, grace=0.2)
    url = url_of(await server.start())
    slow, late = await connect(running_reactor, url), await connect(running_reactor, url)
    for client in (slow, late):
        client.send(b"GET /livez HTTP/1.1\r\n")
    await until(running_reactor, lambda: len(server.connections.connections) == 2)
    stopping = Deferred.fromCoroutine(server.stop())
    late.send(b"Host: x\r\n\r\n")
    await stopping
    await slow.closed
    await late.closed
    assert slow.received.startswith(b"HTTP/1.1 408 Request Timeout")
    assert late.received.startswith(b"HTTP/1.1 200 OK")


@ensureDeferred
async def test_the_connection_limit(running_reactor: Any) -> None:
    """Of a burst of connections exactly as many are accepted as the limit allows, and four of the reserve."""
    server = server_with(running_reactor, limits=Limits(connections=20))
    port: Any = await server.start()
    # All of them come between two turns of the reactor.
    clients = [socket.create_connection(("127.0.0.1", port.getHost().port)) for _ in range(45)]
    await until(running_reactor, lambda: len(server.connections.connections) >= 24)
    await deferLater(running_reactor, 0.05)
    assert len(server.connections.connections) == 24
    await maybeDeferred(port.stopListening)  # the others are not accepted any more
    for client in clients:
        client.close()
    await until(running_reactor, lambda: not server.connections.connections)
    await server.stop()


@ensureDeferred
async def test_a_database_that_is_not_set_up(running_reactor: Any, tmp_path: Path, log: Log) -> None:
    """What is wrong with a backend is said when the service starts, and not only when somebody asks."""
    (tmp_path / "users.db").touch()
    server = server_with(running_reactor, database=f"sqlite:{tmp_path / 'users.db'}")
    await server.start()
    await until(running_reactor, lambda: log.messages("service.chains.health"))
    [message] = log.messages("service.chains.health")
    assert message.startswith(
        "backend database is down: the user database has not been set up: run ajax-contacts migrate: OperationalError"
    )
    await server.stop()


@ensureDeferred
async def test_a_port_in_use(running_reactor: Any) -> None:
    """A second server on the same port fails to start, and can be stopped without an error."""
    first = server_with(running_reactor)
    port: Any = await first.start()
    second = server_with(running_reactor, listen=f"tcp:{port.getHost().port}:interface=127.0.0.1")
    with pytest.raises(CannotListenError):
        await second.start()
    await second.stop()
    await first.stop()


@ensureDeferred
async def test_backends_are_let_go_of(running_reactor: Any, tmp_path: Path) -> None:
    """Stopping the service also stops the threads of its backends."""
    url = f"sqlite:{tmp_path / 'users.db'}"
    administration_of(url).migrate(url)
    server = server_with(running_reactor, database=url)
    threads = threading.active_count()
    client = await connect(running_reactor, url_of(await server.start()))
    client.get("/user-info?username=dustin")
    await until(running_reactor, lambda: b"no_such_user" in client.received)
    assert threading.active_count() == threads + 1
    await server.stop()
    assert threading.active_count() == threads
    await client.closed


@ensureDeferred
async def test_the_admin_endpoint(running_reactor: Any) -> None:
    """Metrics are at a second endpoint, too, which is open until the service has stopped."""
    server = server_with(running_reactor, admin="tcp:0:interface=127.0.0.1", grace=5.0)
    main = url_of(await server.start())
    admin = url_of(await server.start_admin())
    busy, operator = await connect(running_reactor, main), await connect(running_reactor, admin)
    busy.get("/contacts?username=karl~slow=0.2")
    await until(running_reactor, lambda: len(server.in_flight) == 1)
    stopped = Deferred.fromCoroutine(server.stop())
    operator.get("/readyz")
    await until(running_reactor, lambda: b"draining" in operator.received)
    operator = await connect(running_reactor, admin)
    operator.get("/metrics")
    await until(running_reactor, lambda: b"ajax_contacts_requests_in_flight 2.0" in operator.received)
    await stopped
    await busy.closed
    await operator.closed
    with pytest.raises(ConnectError, match="refused"):
        await connect(running_reactor, admin)
