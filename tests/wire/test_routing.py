"""From a request to an endpoint of a Klein application, and back."""

from typing import Any

import pytest
from klein import Klein
from twisted.internet.defer import Deferred, succeed
from twisted.internet.task import Clock

from service.wire.factory import HTTPFactory
from service.wire.routing import KleinRoutes
from tests.log import Log
from tests.wire.corpus import get
from tests.wire.wires import Wire, fail, refuse


def serve(app: Klein, **options: Any) -> Wire:
    """Serve an application."""
    handle = KleinRoutes(app, options.pop("fail", fail), **options).handle
    return Wire(HTTPFactory(clock=Clock(), handle=handle, refuse=refuse))


@pytest.mark.parametrize(
    ("result", "body"),
    [(b"bytes", b"bytes"), ("text é", "text é".encode()), (None, b""), (succeed(b"later"), b"later")],
)
def test_what_an_endpoint_returns(result: Any, body: bytes) -> None:
    """Bytes, text, nothing, or a Deferred that fires with one of them: the answer, with its length."""
    app = Klein()
    app.route("/")(lambda _: result)
    answer = serve(app).ask(get(b"GET / HTTP/1.1"))
    assert (answer.status, answer.body, answer.header("Content-Length")) == (200, body, str(len(body)))


@pytest.mark.parametrize("result", [{"a": 1}, ["a"], 1])
def test_what_an_endpoint_cannot_return(result: Any) -> None:
    """What could not be sent is an error, which the terminal function is told of, and not an empty answer."""
    app = Klein()
    app.route("/")(lambda _: result)
    assert serve(app).ask(get(b"GET / HTTP/1.1")).status == 500


def test_parts_of_the_path() -> None:
    """An endpoint is called with the parts of the path that its route names, and can make URLs with the mapper."""
    app = Klein()

    @app.route("/user/<name>/<int:number>", endpoint="user")
    def user(request: Any, name: str, number: int) -> str:
        there: str = request.mapper.build("user", {"name": name, "number": number + 1})
        return f"{name} {number} {there}"

    answer = serve(app).ask(get(b"GET /user/zo%C3%AB/7 HTTP/1.1"))
    assert answer.body.decode() == "zoë 7 /user/zo%C3%AB/8"


def test_applications_side_by_side() -> None:
    """The first part of the path chooses an application, which sees the whole of it."""
    one, two = Klein(), Klein()
    one.route("/a")(lambda _: b"one")
    two.route("/b/c")(lambda _: b"two")
    wire = serve(one, beside={"b": two})
    wire.send(get(b"GET /a HTTP/1.1"), get(b"GET /b/c HTTP/1.1"), get(b"GET //b/c HTTP/1.1"), get(b"GET /c HTTP/1.1"))
    assert [(answer.status, answer.body[:3]) for answer in wire.answers()][:2] == [(200, b"one"), (200, b"two")]
    assert [answer.status for answer in wire.answers()][2:] == [200, 404]


def test_a_terminal_function_that_fails(log: Log) -> None:
    """When nothing answers, that is logged; the client is hung up on rather than left to wait."""
    app = Klein()

    def broken(*_: Any) -> bytes:
        raise ValueError

    wire = serve(app, fail=broken)
    wire.send(get(b"GET / HTTP/1.1"))
    assert len(log.flush(ValueError)) == 1
    assert wire.transport.aborted


def test_a_client_that_leaves() -> None:
    """The Deferred of an endpoint is cancelled when the client leaves, and only then."""
    cancelled: list[str] = []
    app = Klein()
    app.route("/<name>")(lambda _, name: Deferred(lambda _: cancelled.append(name)))
    wire = serve(app, fail=lambda _, __: None)
    wire.send(get(b"GET /a HTTP/1.1"))
    assert cancelled == []
    wire.leave()
    assert cancelled == ["a"]
