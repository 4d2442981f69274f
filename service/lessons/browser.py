"""What a browser gets: a whole request and its answer, in memory, on a clock that does not wait."""

import io
import json
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from http.client import parse_headers
from typing import Any

from attrs import frozen
from klein import Klein
from twisted.internet.defer import Deferred
from twisted.internet.task import Clock
from twisted.internet.testing import StringTransportWithDisconnection
from twisted.web.iweb import IRequest
from twisted.web.resource import IResource
from twisted.web.server import Site

from service.lessons.contacts import Handler
from service.lessons.requests import QueryRequest
from service.web.exchanges import Remember


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


def bare_app(handler: Handler, remember: Remember) -> IResource:
    """Make a Klein app that has one route, ``/contacts``, and no error handling of its own.

    ``remember`` is told of the Deferred by which it answers, if there is one.
    """
    app = Klein()

    @app.route("/contacts")
    def contacts(request: IRequest) -> Any:
        result = handler(QueryRequest.of(request))
        d = Deferred.fromCoroutine(result) if isinstance(result, Coroutine) else result  # as Klein would
        remember("", d, request)
        return d

    resource: IResource = app.resource()
    return resource


@contextmanager
def visit(resource: IResource, query: bytes, clock: Clock, deadline: float, *, tracebacks: bool) -> Iterator[Received]:
    """Ask a resource for ``/contacts`` with a query, wait ``deadline`` seconds of the clock's time, look, and leave.

    ``tracebacks`` says whether the site shows those of failures that nobody has handled.
    """
    site = Site(resource, reactor=clock)
    site.displayTracebacks = tracebacks
    transport = StringTransportWithDisconnection()
    transport.protocol = channel = site.buildProtocol(None)
    channel.makeConnection(transport)
    # HTTP/1.0: the answer is not cut into chunks, and the connection ends with it.
    channel.dataReceived(b"GET /contacts?%b HTTP/1.0\r\nHost: localhost\r\n\r\n" % query)
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
