"""The command end to end: a process, a socket, signals, and treq."""

import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any, cast

import pytest
import treq
from pytest_twisted import ensureDeferred
from twisted.internet.defer import Deferred, gatherResults
from twisted.internet.threads import deferToThread
from twisted.web.client import Agent, HTTPConnectionPool

from tests.backends.pages.webserver import HTML, OK, TITLE, Server, say
from tests.client import Client, connect, until
from tests.service_process import Service, run, run_in_process

ENDPOINTS: list[tuple[str, int, str, object]] = [
    ("contacts?username=dustin", 200, "contacts", ["karl", "amber", "zoë"]),
    ("contacts", 400, "code", "missing_parameter"),
    ("contacts?username=jimbo", 404, "code", "no_such_user"),
    ("user-info?username=karl", 200, "name", "Karl"),
    ("user-name?username=jimbo", 200, "name", "(unknown)"),
    ("users?username=jimbo", 200, "users", {"jimbo": None}),
    ("page-title?url=http://buildbot.net", 200, "title", "Buildbot"),
    ("countdown", 400, "code", "missing_parameter"),
    ("wait-for-file?filename=../x", 400, "code", "invalid_parameter"),
    ("lessons/contacts/v3", 200, "body", '{"error": "no username specified"}'),
    ("livez", 200, "status", "ok"),
    ("readyz", 200, "backends", {"database": "ok", "im": "ok", "pages": "ok"}),
    ("nope", 404, "code", "not_found"),
]


@pytest.fixture(scope="module")
def service() -> Iterator[Service]:
    """The command with its defaults, offline."""
    running = Service()
    yield running
    running.process.send_signal(signal.SIGTERM)
    exit_code, log = running.stop()
    assert exit_code == 0
    assert [line for line in log if line["level"] in ("error", "critical")] == []


@pytest.fixture
def agent(running_reactor: Any) -> Agent:
    """An agent that opens a new connection for each request."""
    return Agent(running_reactor, pool=HTTPConnectionPool(running_reactor, persistent=False))


async def get(agent: Agent, reactor: Any, url: str) -> tuple[int, Any]:
    """Fetch the status and the JSON body of a URL."""
    response = await treq.get(url, agent=agent, reactor=reactor)
    return response.code, await response.json()


@ensureDeferred
async def test_every_endpoint(service: Service, agent: Agent, running_reactor: Any) -> None:
    """Each endpoint responds over a real socket as it does in memory."""
    for path, status, member, value in ENDPOINTS:
        answered, body = await get(agent, running_reactor, service.url + path)
        assert (answered, body[member]) == (status, value)


def test_the_greeting(service: Service) -> None:
    """Once it listens, the service prints one line with the real port and a link to try."""
    attempt = f"{service.url}contacts?username=dustin"
    assert service.greeting == f"ajax-contacts is serving on {service.url} - open it in a browser, or try {attempt}\n"


@ensureDeferred
async def test_a_disconnect(agent: Agent, running_reactor: Any) -> None:
    """A client that hangs up cancels its chain, and is logged as 499."""
    service = Service()
    client = await connect(running_reactor, service.url)
    # Sent in one piece, so that the response to the first proves that the second has arrived, too.
    request = "GET {} HTTP/1.1\r\nHost: localhost\r\n\r\n"
    client.send((request.format("/livez") + request.format("/contacts?username=dustin~hang")).encode())
    await until(running_reactor, lambda: b'"ok"' in client.received)
    cast("Any", client.transport).abortConnection()
    await client.closed
    await get(agent, running_reactor, f"{service.url}livez")
    service.process.send_signal(signal.SIGTERM)
    exit_code, log = await deferToThread(service.stop)
    assert exit_code == 0
    assert [line["status"] for line in log if line["namespace"] == "access"].count(499) == 1
    assert "CancelledError" in "".join(line["message"] for line in log)


def has_ticked(client: Client, number: int) -> bool:
    return b'data: {"n": %d}\n' % number in client.received


@ensureDeferred
async def test_a_countdown(service: Service, running_reactor: Any) -> None:
    """A countdown over a real socket ticks once a second and ends; a disconnect stops its timer."""
    cut, client = [await connect(running_reactor, service.url) for _ in range(2)]
    cut.get("/countdown?n=3600")
    client.get("/countdown?n=2")
    arrivals: list[float] = []
    for number in (2, 1, 0):
        await until(running_reactor, partial(has_ticked, client, number))
        arrivals.append(running_reactor.seconds())
    await until(running_reactor, lambda: b"event: done" in client.received)
    assert [round(later - sooner) for sooner, later in pairwise(arrivals)] == [1, 1]
    assert cut.received.count(b"event: tick") >= 2
    cut.transport.abortConnection()  # type: ignore[union-attr]  # it is connected
    await cut.closed
    await deferToThread(service.read_log_until, "GET /countdown 499")
    client.transport.loseConnection()  # type: ignore[union-attr]  # so is this one
    await client.closed


@ensureDeferred
async def test_waiting_for_a_file(service: Service, agent: Agent, running_reactor: Any) -> None:
    """The greeting names the watched folder, and a file that arrives there completes the request."""
    folder = service.folder
    d = Deferred.fromCoroutine(get(agent, running_reactor, f"{service.url}wait-for-file?filename=report.csv"))
    await get(agent, running_reactor, f"{service.url}livez")
    (folder / "report.csv").touch()
    status, body = await d
    assert (status, body["arrived"]) == (200, True)
    (folder / "report.csv").unlink()


@ensureDeferred
async def test_pages_of_the_web(agent: Agent, running_reactor: Any) -> None:
    """The command fetches pages, explains why it refuses others, and drops hanging fetches at shutdown."""
    server = Server(say(OK, HTML, body=TITLE, hang_up=True))
    port = await server.listen(running_reactor)
    service = Service("--pages", f"http:?allow=127.0.0.0/8&ports={port}", "--grace", "0.1")
    asked = f"{service.url}page-title?url=http://localhost:{port}"
    assert await get(agent, running_reactor, f"{asked}/a") == (
        200,
        {
            "title": "x",
            "og_title": None,
            "site_name": None,
            "url": f"http://localhost:{port}/a",
            "final_url": f"http://localhost:{port}/a",
            "charset": "UTF-8",
            "truncated": False,
        },
    )
    status, problem = await get(agent, running_reactor, f"{service.url}page-title?url=http://[fd00::1]:{port}/")
    assert (status, problem["code"]) == (403, "blocked_address")
    status, problem = await get(agent, running_reactor, f"{service.url}page-title?url=http://localhost:22/")
    assert (status, problem["code"]) == (403, "blocked_port")

    server.answer = lambda _: None
    d = Deferred.fromCoroutine(get(agent, running_reactor, f"{asked}/hang"))
    await until(running_reactor, lambda: len(server.connections) == 2)
    service.process.send_signal(signal.SIGTERM)
    status, problem = await d
    assert (status, problem["code"]) == (503, "draining")
    for connection in server.connections:
        await connection.closed
    assert (await deferToThread(service.stop))[0] == 0
    await server.port.stopListening()


async def in_flight(service: Service, agent: Agent, reactor: Any, names: list[str]) -> list[Client]:
    """Send requests, and wait until the service has them all: it has once it has responded to later ones."""
    clients = [await connect(reactor, service.url) for _ in names]
    for client, name in zip(clients, names, strict=True):
        client.get(f"/contacts?username={name}")
    for _ in range(2):
        await get(agent, reactor, f"{service.url}livez")
    return clients


@ensureDeferred
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_a_good_stop(agent: Agent, running_reactor: Any, number: int) -> None:
    """A graceful shutdown completes all 40 slow requests in flight."""
    service = Service()
    clients = await in_flight(service, agent, running_reactor, ["karl~slow=1"] * 40)
    service.process.send_signal(number)
    await gatherResults([client.closed for client in clients])
    assert [client.received[:15] for client in clients] == [b"HTTP/1.1 200 OK"] * 40
    assert [client.received[-24:] for client in clients] == [b'{"contacts": ["dustin"]}'] * 40
    assert (await deferToThread(service.stop))[0] == 0


@ensureDeferred
async def test_the_end_of_the_grace(agent: Agent, running_reactor: Any) -> None:
    """Requests that are unfinished after the grace period get 503, and the exit code is 0."""
    service = Service("--grace", "0.1", "--linger", "0.1")
    clients = await in_flight(service, agent, running_reactor, ["karl~hang"] * 40)
    service.process.send_signal(signal.SIGTERM)
    await gatherResults([client.closed for client in clients])
    assert [client.received[:12] for client in clients] == [b"HTTP/1.1 503"] * 40
    assert all(b'"code": "draining"' in client.received for client in clients)
    assert (await deferToThread(service.stop))[0] == 0


@ensureDeferred
async def test_a_second_signal(agent: Agent, running_reactor: Any) -> None:
    """A second signal stops the service immediately, without a response; further signals have no effect."""
    service = Service("--deadline", "30")
    [client] = await in_flight(service, agent, running_reactor, ["karl~hang"])
    service.process.send_signal(signal.SIGTERM)
    await deferToThread(service.read_log_until, "draining")
    for _ in range(3):
        service.process.send_signal(signal.SIGTERM)
    await client.closed
    assert client.received == b""
    assert (await deferToThread(service.stop))[0] == 1


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--deadline", "soon"], "--deadline 'soon': expected seconds, more than 0 and at most 3600"),
        (["--processes", "2", "--database", "mysql:"], "--database 'mysql:': expected a URL that begins with fake:"),
        (["--colour"], "No such option '--colour'"),
    ],
)
def test_a_wrong_setting(arguments: list[str], message: str) -> None:
    """An invalid setting is refused in one line, with exit code 2."""
    code, out, err = run_in_process(*arguments)
    assert (code, out) == (2, "")
    assert re.fullmatch(rf"ajax-contacts: {re.escape(message)}.*\n", err)


def test_a_wrong_setting_of_a_process() -> None:
    """A setting that is found invalid only during startup is refused in the same way."""
    ran = run("--listen", "tcp:x")
    message = "--listen 'tcp:x': expected a Twisted endpoint string such as tcp:8080:interface=127.0.0.1"
    message += " ('x' is not a number)"
    assert (ran.returncode, ran.stdout, ran.stderr) == (2, "", f"ajax-contacts: {message}\n")


def test_a_wrong_environment_variable() -> None:
    """An invalid environment variable is refused under the name of its flag."""
    code, _, err = run_in_process(AJAX_CONTACTS_GRACE="soon")
    assert (code, err.startswith("ajax-contacts: --grace 'soon': expected")) == (2, True)


def test_a_port_in_use() -> None:
    """A port in use is reported in one line, with exit code 1."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        ran = run("--listen", f"tcp:{taken.getsockname()[1]}:interface=127.0.0.1")
    assert ran.returncode == 1
    assert re.fullmatch(r"ajax-contacts: cannot listen on tcp:\d+:interface=127.0.0.1: .*in use.*\n", ran.stderr)


def test_nothing_is_left_behind() -> None:
    """The service removes its temporary folder when it stops."""
    service = Service()
    assert service.folder.is_dir()
    service.process.send_signal(signal.SIGTERM)
    service.stop()
    assert not service.folder.exists()


def test_the_script() -> None:
    """The package installs the command as ``ajax-contacts``."""
    script = Path(sys.executable).parent / "ajax-contacts"
    ran = subprocess.run([script, "--version"], capture_output=True, text=True, check=True)
    assert ran.stdout == run("--version").stdout


def test_version() -> None:
    """``--version`` prints the version of the package."""
    ran = run("--version")
    assert (ran.returncode, ran.stderr) == (0, "")
    assert re.fullmatch(r"ajax-contacts, version \d+\.\d+\.\d+\n", ran.stdout)
