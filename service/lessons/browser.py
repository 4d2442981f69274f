"""What a browser gets: a whole request and its answer, in memory, on a clock that does not wait."""

import io
import json
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from http.client import parse_headers
from typing import Any

from attrs import field, frozen
from klein import Klein
from twisted.internet.defer import Deferred
from twisted.internet.task import Clock
from twisted.internet.testing import StringTransportWithDisconnection
from twisted.web.iweb import IRequest
from twisted.web.server import Site

from service.lessons.contacts import Handler
from service.lessons.requests import QueryRequest
from service.xray.grid import Grid
from service.xray.recent import RecentTraces


@frozen
class Received:
    """An answer as it came; all of it is None where none came."""

    status: int | None = None
    content_type: str | None = None
    body: str | None = None

    @property
    def kind(self) -> str:
        """What the page's JavaScript makes of it: ``never``, ``HTML``, ``error`` or ``contacts``."""
        if self.body is None:
            return "never"
        try:
            return "error" if "error" in json.loads(self.body) else "contacts"
        except ValueError:
            return "HTML"


@frozen
class ChainTrace:
    """Keeps the trace of the Deferred by which a variant answers; it is told of that as the service's observer is."""

    traces: RecentTraces = field(factory=RecentTraces)

    def began(self, request: Any, chain: Deferred[Any]) -> None:  # noqa: ARG002  there is only one
        """Take note of the Deferred that makes a response."""
        self.traces.remember("chain", chain)

    def ended(self, request: Any, status: int) -> None:
        """Take note of the status with which a request has ended: nobody asks for it here."""

    def grid(self) -> Grid | None:
        """Return the grid of the Deferred, None if there was none or it was not watched."""
        return self.traces.grid("chain")


def bare_site(handler: Handler, trace: ChainTrace, clock: Clock, *, tracebacks: bool) -> Site:
    """Make the site of a Klein app that has one route, ``/contacts``, and no error handling of its own.

    ``tracebacks`` says whether it shows those of unhandled failures.
    """
    app = Klein()

    @app.route("/contacts")
    def contacts(request: IRequest) -> Any:
        result = handler(QueryRequest.of(request))
        if isinstance(result, Coroutine):
            result = Deferred.fromCoroutine(result)  # as Klein would
        trace.began(request, result)
        return result

    site = Site(app.resource(), reactor=clock)
    site.displayTracebacks = tracebacks
    return site


@contextmanager
def visit(site: Any, query: bytes, clock: Clock, deadline: float) -> Iterator[Received]:
    """Ask for ``/contacts`` with a query, let ``deadline`` seconds of the clock's time pass, look, and leave.

    ``site`` is a protocol factory.
    """
    transport = StringTransportWithDisconnection()
    transport.protocol = channel = site.buildProtocol(None)
    channel.makeConnection(transport)
    # HTTP/1.0: the response is not cut into chunks.
    request = b"GET /contacts?%b HTTP/1.0\r\nHost: localhost\r\nConnection: keep-alive\r\n\r\n"
    channel.dataReceived(request % query)
    clock.advance(deadline)
    try:
        yield read_answer(transport.value())
    finally:
        transport.loseConnection()


def read_answer(answer: bytes) -> Received:
    """Read the status, the content type and the body of an answer, if it is one."""
    stream = io.BytesIO(answer)
    status_line = stream.readline()
    if not status_line:
        return Received()
    headers = parse_headers(stream)
    return Received(int(status_line.split()[1]), headers["Content-Type"], stream.read().decode(errors="replace"))
