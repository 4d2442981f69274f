"""The HTTP server on real sockets: TLS, resets, half-closed and closed connections, and the connection limit."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_twisted
from pytest_twisted import ensureDeferred
from twisted.internet.endpoints import (
    TCP4ClientEndpoint,
    UNIXClientEndpoint,
    wrapClientTLS,
)
from twisted.internet.ssl import Certificate, optionsForClientTLS, trustRootFromCertificates

from tests.certificates import make_certificate
from tests.client import Turns
from tests.wire.corpus import GOOD, get
from tests.wire.serving import Serving

WAIT = get(b"GET /wait HTTP/1.1")


@pytest_twisted.async_yield_fixture
async def serving(running_reactor: Any) -> AsyncIterator[Serving]:
    """A small application that can listen; it is closed after the test."""
    serving = Serving(running_reactor)
    yield serving
    await serving.close()


@pytest.mark.filterwarnings("ignore:Passing pyOpenSSL:DeprecationWarning")  # Twisted's own use of it
@ensureDeferred
async def test_tls(serving: Serving, tmp_path: Path) -> None:
    """TLS changes nothing: responses are in order, and a refusal closes the connection."""
    certificate = tmp_path / "certificate.pem"
    certificate.write_bytes(make_certificate("page.example"))
    await serving.listen(f"ssl:0:privateKey={certificate}:interface=127.0.0.1")
    root = trustRootFromCertificates([Certificate.loadPEM(certificate.read_bytes())])
    options = optionsForClientTLS("page.example", trustRoot=root)
    endpoint = TCP4ClientEndpoint(serving.reactor, "127.0.0.1", serving.port.getHost().port)
    client = await serving.connect(wrapClientTLS(options, endpoint))
    client.send(GOOD + GOOD)
    await serving.until(lambda: client.received.count(b"HTTP/1.1 200 OK") == 2)
    client.send(b"nonsense\r\n")
    await client.closed
    assert client.received.endswith(b'{"status": 400, "code": "malformed_request_line"}')
    assert serving.application.requests[0].isSecure()


@ensureDeferred
async def test_a_unix_socket(serving: Serving, tmp_path: Path) -> None:
    """A UNIX socket works, too; its clients do not have an IP address."""
    await serving.listen(f"unix:{tmp_path / 'socket'}")
    client = await serving.connect(UNIXClientEndpoint(serving.reactor, str(tmp_path / "socket")))
    client.send(GOOD)
    await serving.until(lambda: b"HTTP/1.1 200 OK" in client.received)
    assert serving.application.requests[0].getClientIP() is None


@ensureDeferred
async def test_a_reset_does_not_eat_the_answer(serving: Serving) -> None:
    """A client that goes on sending after a refused request can still read the refusal."""
    await serving.listen()
    client = await serving.connect()
    client.send(b"nonsense\r\n" + b"a" * 5_000_000)
    await client.closed
    assert client.received.endswith(b'{"status": 400, "code": "malformed_request_line"}')


@ensureDeferred
async def test_half_a_goodbye(serving: Serving) -> None:
    """A client that closes its side of the connection still gets the response, however long that takes."""
    await serving.listen()
    client = await serving.connect()
    client.send(WAIT)
    transport: Any = client.transport
    transport.loseWriteConnection()
    await serving.until(lambda: b"HTTP/1.1 102 Processing\r\n\r\n" * 3 in client.received)
    serving.application.waiting[0].callback(b"late")
    await client.closed
    assert client.received.endswith(b"late")


@pytest.mark.parametrize("request_", [WAIT, WAIT + GOOD, WAIT + GOOD * 3000], ids=["one", "more", "too many"])
@ensureDeferred
async def test_a_whole_goodbye(serving: Serving, request_: bytes) -> None:
    """A client that closes the connection is soon detected, and its request is cancelled."""
    await serving.listen()
    client = await serving.connect()
    client.send(request_)
    await serving.until(lambda: serving.application.waiting)
    transport: Any = client.transport
    transport.loseConnection()
    await serving.until(lambda: serving.application.cancelled)


@ensureDeferred
async def test_too_many_clients(serving: Serving) -> None:
    """A client beyond the limit takes the place of an idle one; without that and the reserve it waits for its turn."""
    await serving.listen(connections=2)
    idle = await serving.connect()
    idle.send(GOOD)
    busy = [await serving.connect()]
    await serving.until(lambda: idle.received)
    busy.append(await serving.connect())
    await idle.closed
    for client in busy:
        client.send(WAIT)
    reserve = [await serving.connect() for _ in range(4)]
    for client in reserve:
        client.send(WAIT)
    await serving.until(lambda: len(serving.application.waiting) == 6)
    late = await serving.connect()
    late.send(GOOD)
    await serving.until(Turns(50))
    assert late.received == b""
    serving.application.waiting[0].callback(b"now")
    await serving.until(lambda: late.received.startswith(b"HTTP/1.1 200 OK"))
