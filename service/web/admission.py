"""Admission control: request ids, budgets, and refusals."""

from collections.abc import Callable, Mapping
from typing import Any

from attrs import frozen
from twisted.internet.defer import Deferred, fail
from twisted.logger import Logger
from twisted.python.failure import Failure
from twisted.web.resource import Resource
from twisted.web.server import NOT_DONE_YET

from service.errors import Overloaded
from service.tracing import TraceContext
from service.web.budgets import Budgets
from service.web.clients import LOCAL, peer_of
from service.web.cors import CORS, NOBODY
from service.web.dispatcher import Dispatcher
from service.web.exchanges import Exchange, InFlight, exchange_of
from service.web.problems import as_problem, problem_response
from service.web.refusals import as_refusal
from service.web.replies import DEFAULT_HEADERS
from service.web.request_ids import REQUEST_IDS
from service.wire.errors import ProtocolError
from service.wire.fields import last_value
from service.wire.request import WireRequest
from service.wire.response import Response

_log = Logger()
_access_log = Logger(namespace="access")


@frozen
class Admission:
    """Lets requests reach the ``dispatcher`` as far as the ``budgets`` go; ``in_flight`` tracks them.

    ``cors`` says which pages of other origins may read the responses. ``finish`` takes a request and the rest of the
    response body. ``at_admin`` is true for the admin endpoint. ``prepare`` is given each request first, if it is not
    None.
    """

    dispatcher: Dispatcher
    in_flight: InFlight
    budgets: Budgets
    cors: CORS = NOBODY
    finish: Callable[[WireRequest, bytes], None] = WireRequest.finish
    at_admin: bool = False
    prepare: Callable[[WireRequest], None] | None = None

    @property
    def headers(self) -> Mapping[bytes, bytes]:
        """The headers of every response, unless it sets them otherwise."""
        return {**DEFAULT_HEADERS, **self.cors.headers}

    def open(self, request: Any) -> Exchange:
        """Begin the exchange of a request, with the headers that do not depend on its response."""
        exchange = self.in_flight.open(request)
        if self.at_admin:
            exchange.at_admin = True
        if not self.cors.is_off:
            self.cors.add_headers(request)
        return exchange

    def admit(self, request: Any, exchange: Exchange) -> Deferred[Any]:
        """Dispatch a request if a place is left for it.

        :return: a Deferred that fires with what an endpoint returns; or fails with any exception.
        """
        budget = self.budgets.budget_for(request.method, request.path)
        if budget is not None:
            if getattr(request, "reserve", False):  # twisted.web has no reserve
                self._count_refusal(Overloaded.code)
                return fail(Overloaded("the server has too many connections; try again in 1 second"))
            try:
                exchange.budget = budget.take(exchange)
            except Overloaded as error:
                self._count_refusal(error.code)
                return fail()  # with the exception being handled
        exchange.chain = d = self.dispatcher.dispatch(request)
        return d

    def handle(self, request: WireRequest) -> None:
        """Respond to a request from the HTTP server, immediately or later."""
        if self.in_flight.draining:
            request.keep_alive = False
        if self.prepare is not None:
            self.prepare(request)
        exchange = self.open(request)
        request.ended = exchange.end
        self.admit(request, exchange).addBoth(respond, request, self.finish)

    def refuse(self, error: ProtocolError, response: Response, target: bytes, lines: bytes) -> bytes:
        """Log a request that the HTTP server refused, and return the problem document for it.

        ``target`` and the header ``lines`` are as much of the request as has arrived.
        """
        self._count_refusal(error.code)
        request_id = next(REQUEST_IDS)
        response.setHeader(b"X-Request-Id", request_id.encode())
        self.cors.share(response, target.partition(b"?")[0], last_value(lines, b"origin"))
        _access_log.info(
            "{client} refused {status} {code} {request_id}",
            client=peer_of(response) or LOCAL.address,
            status=error.status,
            code=error.code,
            request_id=request_id,
        )
        parent = (last_value(lines, b"traceparent") or b"").decode("latin-1")
        trace = TraceContext.parse([parent], [], request_id)
        return problem_response(as_refusal(error), request_id, trace.trace_id, response)

    def _count_refusal(self, code: str) -> None:
        if self.in_flight.metrics is not None:
            self.in_flight.metrics.count("refusals", code)


class SiteResource(Resource):
    """A leaf resource that serves the whole service at the root of any ``twisted.web`` site."""

    isLeaf = True

    def __init__(self, admission: Admission) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # Twisted leaves it untyped
        self._admission = admission

    def render(self, request: Any) -> int:
        """See ``IResource``."""
        request.responseHeaders.removeHeader(b"Server")
        if self._admission.in_flight.draining:
            request.setHeader(b"Connection", b"close")
            request.channel.persistent = False
        for name, value in self._admission.headers.items():
            request.setHeader(name, value)
        exchange = self._admission.open(request)
        request.notifyFinish().addBoth(exchange.end)
        self._admission.admit(request, exchange).addBoth(respond, request, write_and_finish)
        return NOT_DONE_YET


def respond(result: Any, request: Any, finish: Callable[[Any, bytes], None]) -> None:
    """Finish a response with what its chain ends with; if that is impossible, abort, so that the client does not hang.

    :param result: the rest of the response body, or the failure that no errback of the endpoint has handled.
    """
    try:
        finish(request, result if type(result) is bytes else body_of(result, request))
    except Exception:  # noqa: BLE001  whatever it is
        _log.failure("no response could be sent; aborting the connection")
        request.transport.abortConnection()


def body_of(result: Any, request: Any) -> bytes:
    """Convert the result of an endpoint, or a failure, to the rest of the response body.

    A result that is not text, bytes or None is a bug, and reported as one.
    """
    if result is None:
        return b""
    if isinstance(result, str):
        return result.encode()
    if not isinstance(result, Failure):
        result = Failure(TypeError(f"an endpoint returned {type(result).__name__}"))
    return as_problem(result, request)


def write_and_finish(request: Any, body: bytes) -> None:
    """Finish a ``twisted.web`` response, unless its client is gone."""
    if not exchange_of(request).client_gone:
        request.write(body)
        request.finish()
