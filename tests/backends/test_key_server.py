"""The client of the key server, against servers on real sockets."""

from collections.abc import Callable
from typing import Any

import pytest
from pytest_twisted import ensureDeferred

from service.backends.key_server import MAX_BODY, KeyServer
from service.errors import BackendError
from service.urls import WebAddress
from tests.backends.pages.webserver import Connection, Server, say
from tests.servers.programs import free_port


def answer(status: bytes, body: bytes) -> Callable[[Connection], None]:
    return say(b"HTTP/1.1 " + status, b"Content-Length: %d" % len(body), body=body, hang_up=True)


async def fetch_from(reactor: Any, behaviour: Callable[[Connection], None]) -> tuple[Any, bytes]:
    """Fetch a document from a server; return it, or the error, and the request."""
    server = Server(behaviour)
    port = await server.listen(reactor)
    client = KeyServer.at(WebAddress.parse(f"http://127.0.0.1:{port}/keys?a=b"), reactor)
    try:
        document = await client.fetch()
    except BackendError as error:
        document = error
    [connection] = server.connections
    await connection.closed
    await server.port.stopListening()
    return document, connection.request


@ensureDeferred
async def test_a_document(running_reactor: Any) -> None:
    """The document is fetched from the path and query of its URL, by the name of its host."""
    document, request = await fetch_from(running_reactor, answer(b"200 OK", b'{"keys": []}'))
    assert document == {"keys": []}
    assert request.startswith(b"GET /keys?a=b HTTP/1.1\r\n")
    assert b"\r\nHost: 127.0.0.1:" in request


@ensureDeferred
@pytest.mark.parametrize(
    ("behaviour", "problem"),
    [
        (answer(b"404 Not Found", b"{}"), "answered with status 404"),
        (answer(b"302 Found\r\nLocation: http://127.0.0.1:1/", b""), "answered with status 302"),
        (answer(b"200 OK", b"no JSON"), "did not send JSON"),
        (answer(b"200 OK", b"\xff"), "did not send JSON"),
        (answer(b"200 OK", b"[" * 200_000), "did not send JSON"),
        (answer(b"200 OK", b" " * (MAX_BODY + 1)), f"sent more than {MAX_BODY} bytes"),
        (say(b"nonsense", hang_up=True), "cannot be reached"),
    ],
)
async def test_nonsense(running_reactor: Any, behaviour: Callable[[Connection], None], problem: str) -> None:
    """Anything but a document in JSON is an error of the server; redirects are not followed."""
    error, _ = await fetch_from(running_reactor, behaviour)
    assert isinstance(error, BackendError)
    assert str(error) == f"the key server {problem}"


@ensureDeferred
async def test_a_server_that_is_down(running_reactor: Any) -> None:
    """A server that cannot be reached is an error, with the cause."""
    client = KeyServer.at(WebAddress.parse(f"http://127.0.0.1:{free_port()}/"), running_reactor)
    with pytest.raises(BackendError, match="cannot be reached") as caught:
        await client.fetch()
    assert caught.value.__cause__ is not None


def test_a_host_that_no_certificate_can_be_for(running_reactor: Any) -> None:
    """A host that no certificate can be for is refused at the start."""
    with pytest.raises(ValueError, match="a host that a certificate can be for"):
        KeyServer.at(WebAddress.parse("https://keys!/"), running_reactor)
