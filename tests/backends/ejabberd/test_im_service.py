"""The contact lists of a real ejabberd server, and of an impostor."""

from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from attrs import frozen
from pytest_twisted import blockon, ensureDeferred
from twisted.internet.defer import CancelledError, Deferred, gatherResults

from service.backends.ejabberd.address import API
from service.backends.ejabberd.im_service import MAX_BODY, EjabberdIMService
from service.errors import BackendError, NoSuchUser, TimedOut
from service.tracing import TraceContext
from service.values import Contact
from tests.backends.pages.webserver import OK, Connection, Names, Server, say
from tests.servers.ejabberd import DOMAIN, Ejabberd

#: Starts a fake API with the given behaviour, and makes a service that uses it.
Impostor = Callable[[Callable[[Connection], None]], Awaitable[EjabberdIMService]]


@pytest.fixture
def impostor(running_reactor: Any, tmp_path: Path) -> Iterator[Impostor]:
    servers: list[Server] = []
    services: list[EjabberdIMService] = []
    (tmp_path / "token").write_text("secret")

    async def start(answer: Callable[[Connection], None]) -> EjabberdIMService:
        server = Server(answer)
        port = await server.listen(running_reactor)
        url = f"ejabberd+http://127.0.0.1:{port}/api?domain=example.org&token_file={tmp_path / 'token'}"
        services.append(EjabberdIMService.from_url(url, running_reactor))
        servers.append(server)
        return services[-1]

    yield start
    for service in services:
        blockon(service.close())
    for server in servers:
        blockon(server.port.stopListening())
        for connection in server.connections:
            connection.transport.abortConnection()


def answer(status: bytes, body: bytes) -> Callable[[Connection], None]:
    return say(b"HTTP/1.1 " + status, b"Content-Length: %d" % len(body), body=body, hang_up=True)


@ensureDeferred
@pytest.mark.parametrize("host", ["[::1]", "my_ejabberd"])
async def test_where_the_server_is(running_reactor: Any, host: str) -> None:
    """The server may have an IPv6 address, or a name that is no host name; it is asked by that name."""
    server = Server(answer(b"200 OK", b"0"))
    port = await server.listen(running_reactor, "::1")
    names = Names([["::1"]])
    api = API.from_url(f"ejabberd+http://{host}:{port}/api?domain=example.org&token=secret")
    service = EjabberdIMService.at(api, running_reactor, names)
    await service.ping()
    assert names.asked == [host.strip("[]")]
    assert f"\r\nHost: {host}:{port}\r\n".encode() in server.connections[0].request
    await service.close()
    await server.connections[0].closed
    await server.port.stopListening()


def test_a_host_that_no_certificate_can_be_for(running_reactor: Any) -> None:
    """Over TLS, a host that no certificate can be for is refused at the start."""
    url = "ejabberd+https://im!/api?domain=example.org&token=secret"
    with pytest.raises(ValueError, match=r"^a host that a certificate can be for$"):
        EjabberdIMService.from_url(url, running_reactor)


@ensureDeferred
async def test_what_is_asked(impostor: Impostor) -> None:
    """The roster is requested with GET and the token in a header; if it is empty, the account is checked."""
    requests: list[bytes] = []

    def note(connection: Connection) -> None:
        requests.append(connection.request)
        answer(b"200 OK", b"[]" if b"get_roster" in connection.request else b"0")(connection)

    assert await (await impostor(note)).get_contact_list("zoë") == []
    roster, account = requests
    assert roster.startswith(b"GET /api/get_roster?user=zo%C3%AB&host=example.org HTTP/1.1\r\n")
    assert account.startswith(b"GET /api/check_account?user=zo%C3%AB&host=example.org HTTP/1.1\r\n")
    assert b"\r\nAuthorization: Bearer secret\r\n" in roster


@frozen
class Caller:
    """For whom the service is asked."""

    trace: TraceContext
    address: str = "127.0.0.1"


@ensureDeferred
async def test_the_trace(impostor: Impostor) -> None:
    """Each request says which trace it belongs to, if there is one."""
    requests: list[bytes] = []

    def note(connection: Connection) -> None:
        requests.append(connection.request)
        answer(b"200 OK", b"[]" if b"get_roster" in connection.request else b"0")(connection)

    service = await impostor(note)
    await service.get_contact_list("dustin", Caller(TraceContext("0" * 31 + "1", "01", "a=1")))
    assert all(b"\r\nTraceparent: 00-0000000000000000000000000000000" in request for request in requests)
    assert all(b"\r\nTracestate: a=1\r\n" in request for request in requests)
    requests.clear()
    await service.get_contact_list("dustin")
    assert not any(b"raceparent" in request for request in requests)


@ensureDeferred
@pytest.mark.parametrize(
    ("status", "body", "message"),
    [
        (b"200 OK", b"no JSON", "refuses to answer"),
        (b"200 OK", b"\xff", "refuses to answer"),
        (b"200 OK", b"[" * 200_000, "refuses to answer"),
        (b"200 OK", b'[{"jid": 1}]', "answered with a malformed contact list"),
        (b"200 OK", b"[" + b" " * (MAX_BODY + 1_000_000), "refuses to answer"),
        (b"302 Found\r\nLocation: http://127.0.0.1:1/", b"", "refuses to answer"),
        (b"401 Unauthorized", b"{}", "refuses to answer"),
        (b"403 Forbidden", b"{}", "refuses to answer"),
        (b"500 No", b"", "refuses to answer"),
    ],
)
async def test_nonsense(impostor: Impostor, status: bytes, body: bytes, message: str) -> None:
    """An unusable response is a BackendError; redirects are not followed, and an oversized body is not read."""
    with pytest.raises(BackendError, match=message) as caught:
        await (await impostor(answer(status, body))).get_contact_list("dustin")
    assert "secret" not in repr(caught.value.__cause__)


@ensureDeferred
@pytest.mark.parametrize("body", [b"null", b"true", b"false", b"2", b"[]", b'"x"', b'{"status": "error"}'])
async def test_an_account_of_which_nobody_knows(impostor: Impostor, body: bytes) -> None:
    """An account check that answers neither 0 nor 1 is a BackendError."""

    def say_it(connection: Connection) -> None:
        answer(b"200 OK", b"[]" if b"get_roster" in connection.request else body)(connection)

    with pytest.raises(BackendError, match="malformed account status"):
        await (await impostor(say_it)).get_contact_list("dustin")


@ensureDeferred
async def test_a_connection_that_ends(impostor: Impostor) -> None:
    """A server that closes the connection before the end of its response counts as unreachable."""
    hang_ups = [lambda connection: connection.transport.loseConnection(), say(OK, b"Content-Length: 10", hang_up=True)]
    for hang_up in hang_ups:
        service = await impostor(hang_up)
        with pytest.raises(BackendError, match="cannot be reached"):
            await service.get_contact_list("dustin")


@ensureDeferred
async def test_a_host_that_is_not_there(running_reactor: Any) -> None:
    """A host without an address counts as unreachable, with and without TLS."""
    for scheme in ("http", "https"):
        url = f"ejabberd+{scheme}://nowhere.invalid/api?domain=example.org&token=x"
        with pytest.raises(BackendError, match="cannot be reached"):
            await EjabberdIMService.from_url(url, running_reactor).ping()


@ensureDeferred
async def test_a_token_that_comes_later(impostor: Impostor, tmp_path: Path) -> None:
    """The token may be missing at the start, and is read again after it was refused."""

    def check(connection: Connection) -> None:
        good = b"Bearer fresh" in connection.request
        answer(*((b"200 OK", b"1") if good else (b"401 Unauthorized", b"{}")))(connection)

    service = await impostor(check)
    (tmp_path / "token").unlink()
    with pytest.raises(BackendError, match="cannot be asked without a token"):
        await service.ping()
    (tmp_path / "token").write_text("stale")
    with pytest.raises(BackendError, match="refuses to answer"):
        await service.ping()
    (tmp_path / "token").write_text("fresh")
    await service.ping()


@ensureDeferred
async def test_connections_that_die_without_a_word(impostor: Impostor) -> None:
    """After a timeout on a dead connection, all other keep-alive connections are closed."""
    alive: list[Connection] = []

    def keep(connection: Connection) -> None:
        connection.request = b""
        alive.append(connection)
        say(OK, b"Content-Length: 1", body=b"1")(connection)

    service = await impostor(keep)
    await gatherResults([service.ping() for _ in range(3)])
    for connection in alive:
        connection.dataReceived = lambda data: None  # type: ignore[method-assign]  # it falls silent
    service.limiter.deadline = 0.2
    with pytest.raises(TimedOut):
        await service.get_contact_list("dustin")
    for connection in alive:
        await connection.closed
    await service.ping()


@ensureDeferred
async def test_cancelling_reaches_the_server(running_reactor: Any) -> None:
    """Cancelling a request closes its connection to the server."""
    arrived: Deferred[Connection] = Deferred()
    server = Server(arrived.callback)
    port = await server.listen(running_reactor)
    url = f"ejabberd+http://127.0.0.1:{port}/api?domain=example.org&token=x"
    d = EjabberdIMService.from_url(url, running_reactor).get_contact_list("dustin")
    connection = await arrived
    d.cancel()
    with pytest.raises(CancelledError):
        await d
    await connection.closed
    await server.port.stopListening()


@ensureDeferred
async def test_a_bug_is_no_outage(running_reactor: Any) -> None:
    """An exception from a bug is not translated into a BackendError."""
    service = EjabberdIMService.from_url("ejabberd+http://im/api?domain=example.org&token=x", running_reactor)
    with pytest.raises(AttributeError):
        await service.get_contact_list(b"bytes")  # type: ignore[arg-type]  # that is the bug


@ensureDeferred
async def test_groups_and_strangers(ejabberd: Ejabberd, running_reactor: Any) -> None:
    """Contacts from a real server have their groups, and may be of other domains."""
    ejabberd.register("grace")
    ejabberd.befriend("grace", "ada@elsewhere.example", "Ada", "Friends;Work")
    ejabberd.befriend("grace", f"bob@{DOMAIN}", "", "Work")
    service = EjabberdIMService.from_url(ejabberd.url, running_reactor)
    found = {contact.username: contact for contact in await service.get_contact_list("grace")}
    assert found == {
        "ada@elsewhere.example": Contact("ada@elsewhere.example", name="Ada", groups=("Friends", "Work")),
        "bob": Contact("bob", groups=("Work",)),
    }
    await service.close()


@ensureDeferred
async def test_a_name_that_the_server_does_not_take(ejabberd: Ejabberd, running_reactor: Any) -> None:
    """A name that only the server rejects is an unknown user."""
    service = EjabberdIMService.from_url(ejabberd.url, running_reactor)
    with pytest.raises(NoSuchUser):
        await service.get_contact_list("a\u200eb\ufffe")
    await service.close()
