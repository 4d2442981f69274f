"""TLS as other people's programs speak it: openssl, curl, and whatever connects by mistake."""

import shutil
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_twisted
from OpenSSL.SSL import Error
from pytest_twisted import ensureDeferred
from twisted.internet.error import ConnectionLost
from twisted.internet.interfaces import IProtocolNegotiationFactory
from twisted.internet.threads import deferToThreadPool
from twisted.python.failure import Failure
from twisted.python.threadpool import ThreadPool
from zope.interface.verify import verifyObject

from service.wire.tls import reason_of
from tests.certificates import make_certificate
from tests.client import PATIENCE
from tests.log import Log
from tests.servers.programs import skip
from tests.wire.corpus import GOOD, get
from tests.wire.serving import Serving

pytestmark = pytest.mark.filterwarnings("ignore:Passing pyOpenSSL:DeprecationWarning")  # Twisted's own use of it

CLOSE = get(b"GET /echo HTTP/1.1", b"Connection: close")


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """A file with a key and a certificate for localhost."""
    certificate = tmp_path / "certificate.pem"
    certificate.write_bytes(make_certificate("localhost"))
    return certificate


@pytest_twisted.async_yield_fixture
async def secure(running_reactor: Any, certificate: Path) -> AsyncIterator[Serving]:
    """A small application that listens at an ssl: endpoint."""
    serving = Serving(running_reactor)
    await serving.listen(f"ssl:0:privateKey={certificate}:interface=127.0.0.1")
    yield serving
    await serving.close()
    await serving.until(lambda: not serving.port.factory.wrappedFactory.connections)


async def run(serving: Serving, *command: str, data: bytes = b"") -> tuple[int, str]:
    """Run a program while the reactor runs; return its exit code and output."""
    program = shutil.which(command[0]) or skip(f"no {command[0]} found")
    pool = ThreadPool(0, 1)
    pool.start()
    done = await deferToThreadPool(
        serving.reactor,
        pool,
        lambda: subprocess.run([program, *command[1:]], input=data, capture_output=True, check=False, timeout=PATIENCE),
    )
    pool.stop()
    return done.returncode, (done.stdout + done.stderr).decode(errors="replace")


def s_client(serving: Serving, *options: str) -> list[str]:
    """Return the command of a client that connects to the application."""
    return ["openssl", "s_client", "-connect", f"127.0.0.1:{serving.port.getHost().port}", "-ign_eof", *options]


@pytest.mark.parametrize(
    ("options", "chosen"),
    [
        (["-alpn", "http/1.1"], "ALPN protocol: http/1.1"),
        (["-alpn", "h2,http/1.1"], "ALPN protocol: http/1.1"),
        (["-alpn", "http/1.0"], "ALPN protocol: http/1.0"),
        (["-alpn", "http/1.1", "-tls1_2"], "ALPN protocol: http/1.1"),
        ([], "No ALPN negotiated"),
    ],
)
@ensureDeferred
async def test_negotiation(secure: Serving, options: list[str], chosen: str) -> None:
    """A client that offers HTTP/1.1 by ALPN gets it, whatever else it offers; without an offer it is served, too."""
    _, output = await run(secure, *s_client(secure, *options), data=CLOSE)
    assert chosen in output
    assert "HTTP/1.1 200 OK" in output


@ensureDeferred
async def test_curl(secure: Serving, certificate: Path) -> None:
    """Curl, which offers HTTP/2 and HTTP/1.1, verifies the certificate and gets its response."""
    port = secure.port.getHost().port
    address = f"localhost:{port}:127.0.0.1"
    url = f"https://localhost:{port}/echo"
    code, output = await run(secure, "curl", "--silent", "--resolve", address, "--cacert", str(certificate), url)
    assert (code, '"uri": "/echo"' in output) == (0, True)


@pytest.mark.parametrize(
    ("options", "why"),
    [
        (["-alpn", "h2"], "HTTP/2 alone"),
        (["-cipher", "NULL-SHA256:@SECLEVEL=0", "-tls1_2"], "no common cipher"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
@ensureDeferred
async def test_a_failed_handshake(secure: Serving, options: list[str], why: str, log: Log) -> None:
    """A handshake that fails is logged at info with the client's address, and closed immediately."""
    await run(secure, *s_client(secure, *options), data=CLOSE)
    await secure.until(lambda: log.messages("service.wire.tls"))
    [message] = log.messages("service.wire.tls")
    assert message.startswith("the TLS handshake with 127.0.0.1 failed: ")


@pytest.mark.parametrize(
    "sent", [GOOD, b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\0" * 600, b"SSH-2.0-OpenSSH_9.2\r\n"]
)
@ensureDeferred
async def test_no_handshake(secure: Serving, sent: bytes, log: Log) -> None:
    """Bytes that are no handshake end the connection immediately, which is logged at info."""
    client = await secure.connect()
    client.send(sent)
    await client.closed
    await secure.until(lambda: log.messages("service.wire.tls"))
    assert {event["log_level"].name for event in log.events} == {"info"}
    assert b"HTTP" not in client.received


@ensureDeferred
async def test_a_client_that_leaves_early(secure: Serving, log: Log) -> None:
    """A client that disconnects instead of shaking hands costs one line in the log."""
    client = await secure.connect()
    transport: Any = client.transport
    transport.abortConnection()
    await secure.until(lambda: log.messages("service.wire.tls"))
    assert log.messages("service.wire.tls") == [
        "the TLS handshake with 127.0.0.1 failed: the connection ended before it was complete"
    ]


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (
            Error([("SSL routines", "", "no shared cipher"), ("SSL routines", "", "and more")]),
            "no shared cipher; and more",
        ),
        (Error([]), "protocol error"),
        (Error(), "protocol error"),
        (ConnectionLost(), "the connection ended before it was complete"),
    ],
)
def test_the_reason(error: Exception, words: str) -> None:
    """The reason of a failed handshake is what OpenSSL says, if it says anything."""
    assert reason_of(Failure(error)) == words


@ensureDeferred
async def test_the_interface(secure: Serving) -> None:
    """The factory says which protocols it speaks, the preferred one first."""
    factory = secure.port.factory.wrappedFactory
    assert verifyObject(IProtocolNegotiationFactory, factory)
    assert factory.acceptableProtocols() == [b"http/1.1", b"http/1.0"]
