"""Faults of the connection: everything in the service runs as usual, and what arrives is wrong."""

import json
from typing import Any

import pytest

from tests.web.memory import Web
from tests.wire.wires import Wire

BODY = b'{"contacts": ["dustin"]}'


@pytest.fixture
def web() -> Web:
    return Web()


@pytest.fixture
def wire(web: Web) -> Wire:
    return Wire(web.connections)


def ask(wire: Wire, fault: str, method: str = "GET", origin: str = "") -> None:
    more = f"Origin: {origin}\r\n" if origin else ""
    wire.send(f"{method} /contacts?username=karl~{fault} HTTP/1.1\r\nHost: localhost\r\n{more}\r\n".encode())
    wire.clock.advance(0)


def received(wire: Wire) -> tuple[bytes, bytes]:
    """Return the head and the body that have arrived."""
    head, _, body = wire.transport.value().partition(b"\r\n\r\n")
    return head, body


def test_html(web: Web, wire: Wire) -> None:
    """The response is the error page of a proxy; the connection goes on."""
    ask(wire, "html")
    [answer] = wire.answers()
    assert (answer.status, answer.header("Content-Type")) == (502, "text/html")
    assert answer.body.startswith(b"<html>")
    assert (answer.header("X-Request-Id"), answer.header("Cache-Control")) == (None, None)
    wire.send(b"GET /contacts?username=karl HTTP/1.1\r\nHost: localhost\r\n\r\n")
    wire.clock.advance(0)
    assert wire.answers()[-1].json == {"contacts": ["dustin"]}


def test_html_for_a_page(wire: Wire) -> None:
    """Pages of other origins may read the error page: else they would see no more than that something is wrong."""
    ask(wire, "html", origin="http://localhost:3000")
    assert wire.answers()[0].header("Access-Control-Allow-Origin") == "http://localhost:3000"


def test_html_without_a_body(wire: Wire) -> None:
    """To HEAD, the error page is only a head."""
    ask(wire, "html", "HEAD")
    assert received(wire)[0].startswith(b"HTTP/1.1 502 Bad Gateway\r\n")
    assert received(wire)[1] == b""


def test_reset(wire: Wire) -> None:
    """The head of the response arrives, and then the connection is reset."""
    ask(wire, "reset")
    head, body = received(wire)
    assert (head[:15], body, wire.transport.aborted) == (b"HTTP/1.1 200 OK", b"", True)


def test_truncated(wire: Wire) -> None:
    """The connection is closed in the middle of the body that Content-Length has promised."""
    ask(wire, "truncated")
    head, body = received(wire)
    assert b"Content-Length: %d" % len(BODY) in head
    assert body == BODY[: len(BODY) // 2]
    assert (wire.transport.write_closed, wire.transport.aborted) == (True, False)


@pytest.mark.parametrize(("fault", "pause", "size"), [("drip=20", 0.1, 2), ("drip=2", 0.5, 1), ("drip=1000", 0.1, 100)])
def test_drip(wire: Wire, fault: str, pause: float, size: int) -> None:
    """The body arrives in small pieces, so many bytes a second, after a head that says how many there will be."""
    ask(wire, fault)
    seen = received(wire)[1]
    while seen != BODY:
        assert seen == BODY[: len(seen)]
        wire.clock.advance(pause)
        assert received(wire)[1] == BODY[: len(seen) + size]
        seen = received(wire)[1]
    assert wire.answers()[0].json == {"contacts": ["dustin"]}


def test_drip_and_the_next_request(wire: Wire) -> None:
    """A request that is pipelined behind is answered after the last byte."""
    ask(wire, "drip=120")
    ask(wire, "html")
    assert received(wire)[1] == BODY[:12]
    wire.clock.advance(0.1)
    wire.clock.advance(0)
    assert [answer.status for answer in wire.answers()] == [200, 502]


@pytest.mark.parametrize("fault", ["drip=10", "reset"])
def test_a_client_that_leaves(fault: str) -> None:
    """A client that leaves in the middle leaves no timer behind, and no place taken."""
    web = Web(in_flight=1)
    wire = Wire(web.connections)
    ask(wire, fault)
    wire.transport.loseConnection()
    assert [call for call in web.clock.getDelayedCalls() if "FaultyConnection" in str(call)] == []
    assert len(web.in_flight) == 0
    assert [web.get("/user-info?username=karl").status for _ in range(2)] == [200, 200]
    assert web.get("/requests").json["requests"][0]["status"] == 200


def test_a_client_that_has_closed_its_side(wire: Wire) -> None:
    """A client that sends nothing more is asked whether it is still there, and gets the response with its fault."""
    ask(wire, "slow=2~truncated")
    wire.channel.readConnectionLost()
    for _ in range(4):
        wire.clock.advance(0.5)
    interim, *_, body = wire.transport.value().split(b"\r\n\r\n")
    assert (interim, body) == (b"HTTP/1.1 102 Processing", BODY[: len(BODY) // 2])


def test_together(wire: Wire) -> None:
    """Faults of the connection can be combined: half of the page of a proxy, slowly."""
    ask(wire, "html~truncated~drip=100")
    for _ in range(20):
        wire.clock.advance(0.1)
    head, body = received(wire)
    assert (head[:12], body[:6], body.endswith(b"</html>\r\n")) == (b"HTTP/1.1 502", b"<html>", False)
    assert wire.transport.write_closed


def test_only_the_first_times(web: Web) -> None:
    """With ``fail``, the first connections have the fault, and the next one works."""
    for expected in (502, 502, 200):
        assert web.get("/contacts?username=karl~html~fail=2").status == expected


def test_what_it_is_asked_with(web: Web) -> None:
    """The fault is found in any username or known URL, in any spelling."""
    for path in (
        "/user-info?username=karl~html",
        "/users?username=dustin&username=karl%7Ehtml",
        "/page-title?url=http://buildbot.net/~html",
        "/page-title?url=http%3A%2F%2Fbuildbot.net%2F%7ehtml",
        "/lessons/contacts/v5?username=karl~html",
    ):
        assert web.get(path).header("Content-Type") == "text/html", path


@pytest.mark.parametrize(
    "path", ["/page-title?url=http://example.org/~html", "/contacts?username=karl~htlm", "/livez?x=~html"]
)
def test_what_is_none(web: Web, path: str) -> None:
    """Somebody's home page, a misspelt fault, and another parameter are none."""
    answer = web.get(path)
    assert "json" in str(answer.header("Content-Type"))
    assert json.loads(answer.text)


def test_others(web: Web) -> None:
    """What the connection is asked for besides is that of the real one."""
    prepare = web.admission.prepare
    assert prepare is not None
    wire = Wire(web.connections)

    class Request:
        uri = b"/contacts?username=karl~drip"
        args = {b"username": [b"karl~drip"]}  # noqa: RUF012  a stand-in
        connection = wire.channel

        def getClientAddress(self) -> Any:
            return wire.transport.getPeer()

    request: Any = Request()
    prepare(request)
    assert request.connection is not wire.channel
    assert (request.connection.peer, request.connection.transport) == (wire.channel.peer, wire.transport)
    assert request.connection.date() == wire.channel.date()
