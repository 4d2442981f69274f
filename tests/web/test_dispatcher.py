"""The dispatcher, from a request to a Klein endpoint and back."""

import json
from functools import partial
from typing import Any

import pytest
from attrs import frozen
from klein import Klein
from twisted.internet.defer import Deferred, succeed
from twisted.internet.task import Clock

from service.errors import InternalError
from service.web.admission import Admission
from service.web.budgets import Budgets
from service.web.dispatcher import Dispatcher
from service.web.exchanges import InFlight
from service.web.observer import Observer
from service.wire.factory import HTTPFactory
from tests.log import Log
from tests.wire.corpus import get
from tests.wire.wires import Wire


@frozen
class Endpoints:
    """A class of routes."""

    app: Klein
    remembered: bool = True

    def __getattr__(self, name: str) -> Any:
        """Return an endpoint of the application as if it was a method."""
        return partial(self.app.execute_endpoint, name)


class Notes(Observer):
    """An observer that records what it is told."""

    def __init__(self) -> None:
        self.heard: list[tuple[bytes, object]] = []

    def began(self, request: Any, chain: Deferred[Any]) -> None:
        self.heard.append((request.path, getattr(chain, "result", None)))

    def ended(self, request: Any, status: int) -> None:
        self.heard.append((request.path, status))


def serve(*routes: Klein | Endpoints, observer: Notes | None = None) -> Wire:
    """Serve Klein applications on a connection in memory."""
    observer = Notes() if observer is None else observer
    all_routes: Any = [Endpoints(one) if isinstance(one, Klein) else one for one in routes]
    admission = Admission(Dispatcher(all_routes, observer), InFlight(Clock(), observer), Budgets.of(10, 10, 10))
    return Wire(HTTPFactory(clock=Clock(), handle=admission.handle, refuse=admission.refuse))


@pytest.mark.parametrize(
    ("result", "body"),
    [(b"bytes", b"bytes"), ("text é", "text é".encode()), (None, b""), (succeed(b"later"), b"later")],
)
def test_what_an_endpoint_returns(result: Any, body: bytes) -> None:
    """An endpoint can return bytes, text, None, or a Deferred; the response has their length."""
    app = Klein()
    app.route("/")(lambda _: result)
    answer = serve(app).ask(get(b"GET / HTTP/1.1"))
    assert (answer.status, answer.body, answer.header("Content-Length")) == (200, body, str(len(body)))


@pytest.mark.parametrize("result", [{"a": 1}, ["a"], 1])
def test_what_an_endpoint_cannot_return(result: Any, log: Log) -> None:
    """A result of another type is an internal error."""
    app = Klein()
    app.route("/")(lambda _: result)
    assert serve(app).ask(get(b"GET / HTTP/1.1")).status == 500
    assert len(log.flush(TypeError)) == 1


def test_parts_of_the_path() -> None:
    """An endpoint is called with the variable parts of its path, and can build URLs with ``request.mapper``."""
    app = Klein()

    @app.route("/user/<name>/<int:number>", endpoint="user")
    def user(request: Any, name: str, number: int) -> str:
        there: str = request.mapper.build("user", {"name": name, "number": number + 1})
        return f"{name} {number} {there}"

    answer = serve(app).ask(get(b"GET /user/zo%C3%AB/7 HTTP/1.1"))
    assert answer.body.decode() == "zoë 7 /user/zo%C3%AB/8"


def test_applications_side_by_side() -> None:
    """The first segment of the path selects the application, which sees the whole path."""
    one, two = Klein(), Klein()
    one.route("/a")(lambda _: b"one")
    two.route("/b/c")(lambda _: b"two")
    wire = serve(one, two)
    wire.send(get(b"GET /a HTTP/1.1"), get(b"GET /b/c HTTP/1.1"), get(b"GET //b/c HTTP/1.1"), get(b"GET /c HTTP/1.1"))
    assert [(answer.status, answer.body[:3]) for answer in wire.answers()][:2] == [(200, b"one"), (200, b"two")]
    assert [answer.status for answer in wire.answers()][2:] == [200, 404]


def test_the_observer() -> None:
    """The observer is told about each remembered chain, even a fired one, and about the status of every request."""
    notes, app, unseen = Notes(), Klein(), Klein()
    app.route("/a")(lambda _: succeed("a"))
    unseen.route("/b")(lambda _: b"")
    wire = serve(app, Endpoints(unseen, remembered=False), observer=notes)
    for path in (b"/a", b"/b", b"/c"):
        wire.send(get(b"GET " + path + b" HTTP/1.1"))
    assert notes.heard == [(b"/a", "a"), (b"/a", 200), (b"/b", 200), (b"/c", 404)]


def test_an_error_that_cannot_be_encoded(log: Log) -> None:
    """If not even an error response can be sent, that is logged and the connection is aborted."""
    app = Klein()

    @app.route("/")
    def broken(_: Any) -> bytes:
        raise InternalError("x", member=object())  # type: ignore[call-arg]  # what the test is about

    wire = serve(app)
    wire.send(get(b"GET / HTTP/1.1"))
    assert len(log.flush(TypeError)) == 1
    assert wire.transport.aborted


def test_a_path_that_is_not_utf_8() -> None:
    """A path that is not UTF-8 gets a problem document."""
    app = Klein()
    app.route("/<name>")(lambda _, name: name)
    answer = serve(app).ask(get(b"GET /%ff HTTP/1.1"))
    assert (answer.status, json.loads(answer.body)["error"]) == (400, "the path is not UTF-8")


def test_a_client_that_leaves() -> None:
    """The Deferred of an endpoint is cancelled when the client disconnects, and not before."""
    cancelled: list[str] = []
    app = Klein()
    app.route("/<name>")(lambda _, name: Deferred(lambda _: cancelled.append(name)))
    wire = serve(app)
    wire.send(get(b"GET /a HTTP/1.1"))
    assert cancelled == []
    wire.leave()
    assert cancelled == ["a"]
