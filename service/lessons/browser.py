"""An in-memory browser: a complete request and its response, on a fake clock."""

import io
import json
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from http.client import parse_headers
from typing import Any

from attrs import evolve, frozen
from klein import Klein
from twisted.internet.defer import Deferred
from twisted.internet.task import Clock
from twisted.internet.testing import StringTransportWithDisconnection
from twisted.logger import Logger
from twisted.web.iweb import IRequest
from twisted.web.server import Site

from service.lessons.contacts import Handler, QueryRequest
from service.xray.grid import Grid
from service.xray.recent import RecentTraces

_log = Logger()


@frozen
class Received:
    """A response as received; every member is None if there was none."""

    status: int | None = None
    content_type: str | None = None
    body: str | None = None

    @property
    def kind(self) -> str:
        """How the page's JavaScript classifies it: ``never``, ``HTML``, ``error``, ``contacts`` or ``result``."""
        if self.body is None:
            return "never"
        try:
            body = json.loads(self.body)
        except ValueError:
            return "HTML"
        if "error" in body:
            return "error"
        return "contacts" if body.get("contacts") is not None else "result"


def bare_site(handler: Handler, traces: RecentTraces, clock: Clock, *, tracebacks: bool) -> Site:
    """Make the site of a Klein app with one route, ``/contacts``, and no error handling of its own.

    ``tracebacks`` says whether the site shows the tracebacks of unhandled failures.
    """
    app = Klein()

    @app.route("/contacts")
    def contacts(request: IRequest) -> Any:
        result = handler(QueryRequest.of(request))
        if isinstance(result, Coroutine):
            result = Deferred.fromCoroutine(result)  # as Klein would
        traces.remember(request.path.decode(), result)
        return result

    site = Site(app.resource(), reactor=clock)
    site.displayTracebacks = tracebacks
    return site


@contextmanager
def visit(site: Any, query: bytes, clock: Clock, deadline: float) -> Iterator[Received]:
    """Request ``/contacts`` with a query, let ``deadline`` seconds pass on the clock and yield the response.

    The browser disconnects at the end of the block. ``site`` is a protocol factory.
    """
    transport = StringTransportWithDisconnection()
    transport.protocol = channel = site.buildProtocol(None)
    channel.makeConnection(transport)
    # HTTP/1.0, so that the response is not chunked.
    request = b"GET /contacts?%b HTTP/1.0\r\nHost: localhost\r\nConnection: keep-alive\r\n\r\n"
    channel.dataReceived(request % query)
    pass_time(clock, deadline)
    try:
        yield read_answer(transport.value())
    finally:
        transport.loseConnection()


def pass_time(clock: Clock, seconds: float) -> None:
    """Advance a clock to each moment at which something is due, and log what raises there, as the reactor does."""
    end = clock.seconds() + seconds
    while clock.seconds() < end:
        due = min((call.getTime() for call in clock.getDelayedCalls()), default=end)
        try:
            clock.advance(max(0.0, min(due, end) - clock.seconds()))
        except Exception:  # noqa: BLE001  as the reactor does
            _log.failure("unhandled error in a timer")


def at_deadline(grid: Grid, seconds: float) -> Grid:
    """Return a grid as old as on the fake clock, if it waits: X-ray knows only the real one."""
    if grid.state == "fired" and not any(step.came and not step.left for step in grid.steps):
        return grid
    steps = (
        evolve(step, returned=None if step.returned is None else at_deadline(step.returned, seconds))
        for step in grid.steps
    )
    return evolve(grid, age=seconds, steps=tuple(steps))


def read_answer(answer: bytes) -> Received:
    """Parse the status, the content type and the body of a response, if there is one."""
    stream = io.BytesIO(answer)
    status_line = stream.readline()
    if not status_line:
        return Received()
    headers = parse_headers(stream)
    return Received(int(status_line.split()[1]), headers["Content-Type"], stream.read().decode(errors="replace"))
