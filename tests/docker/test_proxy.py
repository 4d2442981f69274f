"""The proxy of the Compose file, running: its own errors, and what it passes on."""

import json
import socket
import subprocess
from base64 import b64encode
from collections.abc import Iterator
from http.client import HTTPConnection, HTTPResponse
from urllib.parse import urlsplit

import pytest

from service.web.problem_types import PROBLEM_TYPES
from tests.servers.haproxy import HAProxy, find_haproxy, start_haproxy
from tests.servers.programs import free_port
from tests.service_process import Service

ORIGINS = "https://a.example https://b.example"


def ask(proxy: HAProxy, path: str, method: str = "GET", **headers: str) -> tuple[HTTPResponse, bytes]:
    """Send a request to the proxy; return the response and its body."""
    connection = HTTPConnection("127.0.0.1", proxy.port, timeout=30)
    connection.request(method, path, headers={name.replace("_", "-"): value for name, value in headers.items()})
    response = connection.getresponse()
    body = response.read()
    connection.close()
    return response, body


def shared_with(response: HTTPResponse) -> dict[str, str]:
    """Return the headers for pages of other origins, none of which may be repeated."""
    named = [(name.lower(), value) for name, value in response.getheaders()]
    found = [(name, value) for name, value in named if name.startswith("access-control") or name == "vary"]
    assert len(dict(found)) == len(found)
    return dict(found)


def proxy_without_replicas(origins: str) -> Iterator[HAProxy]:
    """Start a proxy that has nobody to ask, and remove it afterwards."""
    proxy = start_haproxy(free_port(), find_haproxy(), AJAX_CONTACTS_ALLOW_ORIGIN=origins)
    yield proxy
    proxy.remove()


@pytest.fixture(scope="module")
def lonely() -> Iterator[HAProxy]:
    """A proxy without replicas, for pages of two other origins."""
    yield from proxy_without_replicas(ORIGINS)


EXPOSED = {"access-control-expose-headers": "X-Request-Id, Retry-After, ETag"}
LISTED = EXPOSED | {"access-control-allow-credentials": "true", "vary": "Origin"}


@pytest.mark.parametrize("path", ["/contacts?username=dustin", "/countdown?n=1"])
@pytest.mark.parametrize(
    ("origin", "expected"),
    [
        ("https://b.example", {"access-control-allow-origin": "https://b.example", **LISTED}),
        ("https://c.example", {"vary": "Origin"}),
        ("*", {"vary": "Origin"}),
    ],
)
def test_an_error_of_the_proxy(lonely: HAProxy, path: str, origin: str, expected: dict[str, str]) -> None:
    """An error of the proxy is a problem whose type is explained, and is shared with the same origins."""
    response, body = ask(lonely, path, Origin=origin)
    problem = json.loads(body)
    found = PROBLEM_TYPES[problem["code"]]
    assert (response.status, response.getheader("Retry-After")) == (503, "1")
    assert (problem["type"], problem["title"], problem["status"]) == (found.type, found.title, found.status)
    assert shared_with(response) == expected


@pytest.mark.parametrize(
    ("origins", "expected"), [("", {"vary": "Origin"}), ("*", {"access-control-allow-origin": "*", **EXPOSED})]
)
def test_other_settings(origins: str, expected: dict[str, str]) -> None:
    """Without origins, errors of the proxy are shared with nobody; with ``*`` they are shared with everybody."""
    for proxy in proxy_without_replicas(origins):
        response, _ = ask(proxy, "/livez", Origin="https://b.example")
        assert shared_with(response) == expected


def test_a_response_of_the_service() -> None:
    """What the service says passes through, and bytes that are not HTTP are answered by the service."""
    program = find_haproxy()
    service = Service("--allow-origin", ORIGINS, log=subprocess.DEVNULL)
    proxy = start_haproxy(urlsplit(service.url).port or 0, program, AJAX_CONTACTS_ALLOW_ORIGIN=ORIGINS)
    response, body = ask(proxy, "/contacts?username=dustin", Origin="https://a.example")
    with socket.create_connection(("127.0.0.1", proxy.port), timeout=30) as connection:
        connection.sendall(b"nonsense\r\n\r\n")
        received = connection.makefile("rb").read()
    proxy.remove()
    service.process.terminate()
    assert service.stop()[0] == 0
    assert (response.status, json.loads(body)) == (200, {"contacts": ["karl", "amber", "zoë"]})
    assert shared_with(response) == {"access-control-allow-origin": "https://a.example", **LISTED}
    assert json.loads(received.partition(b"\r\n\r\n")[2])["code"] == "malformed_request_line"


AUTH = "header:X-Forwarded-User"


@pytest.fixture(scope="module")
def guarded() -> Iterator[HAProxy]:
    """A proxy that finds out who users are, in front of a service that believes it."""
    program = find_haproxy()
    service = Service("--auth", AUTH, "--trust-proxy", "127.0.0.1", log=subprocess.DEVNULL)
    proxy = start_haproxy(urlsplit(service.url).port or 0, program, AJAX_CONTACTS_AUTH=AUTH)
    yield proxy
    proxy.remove()
    service.process.terminate()
    service.stop()


def basic(username: str, password: str | None = None) -> str:
    """Return the header of a user who logs in."""
    return "Basic " + b64encode(f"{username}:{password or username + '-sample'}".encode()).decode()


def test_who_the_user_is(guarded: HAProxy) -> None:
    """The proxy finds out who the user is, who then gets their own contacts, and nobody else's."""
    response, body = ask(guarded, "/contacts?username=dustin", Authorization=basic("dustin"))
    assert (response.status, json.loads(body)) == (200, {"contacts": ["karl", "amber", "zoë"]})
    response, body = ask(guarded, "/contacts?username=dustin", Authorization=basic("karl"))
    assert (response.status, json.loads(body)["code"]) == (403, "not_yours")


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"X_Forwarded_User": "dustin"},
        {"x_forwarded_user": "dustin", "Authorization": basic("dustin", "wrong")},
        {"Authorization": "Bearer x"},
    ],
)
def test_who_is_not_known(guarded: HAProxy, headers: dict[str, str]) -> None:
    """A user who has not logged in gets a problem with 401, whatever the request says."""
    response, body = ask(guarded, "/contacts?username=dustin", **headers)
    assert (response.status, json.loads(body)["code"]) == (401, "unauthorised")
    assert response.getheader("WWW-Authenticate") == 'Basic realm="ajax-contacts"'


def test_what_a_user_says_of_themselves(guarded: HAProxy) -> None:
    """What a request says of its user does not reach the service."""
    spoofed = {"X_Forwarded_User": "dustin", "Authorization": basic("karl")}
    response, body = ask(guarded, "/contacts?username=dustin", **spoofed)
    assert (response.status, json.loads(body)["code"]) == (403, "not_yours")


@pytest.mark.parametrize(("path", "method", "status"), [("/livez", "GET", 200), ("/contacts", "OPTIONS", 204)])
def test_what_needs_no_user(guarded: HAProxy, path: str, method: str, status: int) -> None:
    """Health checks and preflights are for everybody."""
    assert ask(guarded, path, method)[0].status == status


@pytest.mark.parametrize("first", [b"G", b"\r", b"GET /contacts?username=dustin HTTP/1.1\r", b"nonsense\r\n\r\n"])
def test_no_bytes_past_the_proxy(guarded: HAProxy, first: bytes) -> None:
    """A client that begins with a byte, and waits until the proxy gives up, is cut off, so that it cannot spoof."""
    with socket.create_connection(("127.0.0.1", guarded.port), timeout=30) as connection:
        connection.sendall(first)
        received = connection.makefile("rb").read()  # which ends when the proxy closes the connection
    assert b"karl" not in received
    assert received == b"" or received.startswith(b"HTTP/1.")
