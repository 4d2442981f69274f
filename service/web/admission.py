"""Admission control: request ids, budgets, and refusals."""

from secrets import token_hex
from typing import Any

from attrs import frozen
from twisted.internet.defer import Deferred, succeed
from twisted.logger import Logger
from twisted.python.failure import Failure
from twisted.web.resource import Resource
from twisted.web.server import NOT_DONE_YET

from service.errors import Overloaded
from service.web.budgets import Budget, Budgets
from service.web.clients import LOCAL, Client, peer_of
from service.web.dispatcher import Dispatcher
from service.web.exchanges import InFlight, exchange_of
from service.web.problems import as_problem, as_refusal, problem_response
from service.web.replies import add_standard_headers
from service.wire.errors import ProtocolError
from service.wire.request import WireRequest
from service.wire.response import Response

_log = Logger()
_access_log = Logger(namespace="access")


@frozen
class Admission:
    """Lets requests reach the ``dispatcher`` as far as the ``budgets`` go; ``in_flight`` tracks them."""

    dispatcher: Dispatcher
    in_flight: InFlight
    budgets: Budgets

    def admit(self, request: Any) -> Deferred[bytes]:
        """Assign a request id, and dispatch the request if a place is left for it.

        :param request: an ``IRequest`` with components and ``notifyFinish``, from ``twisted.web`` or from the HTTP
            server of this service.
        :return: a Deferred that fires with the rest of the response body.
        """
        exchange = self.in_flight.open(request)
        budget = self.budgets.budget_for(request.method, request.path)
        if budget is not None:
            try:
                exchange.budget = self._place_of(request, budget, exchange.client)
            except Overloaded:
                return succeed(as_problem(Failure(), request))
        exchange.chain = d = self.dispatcher.dispatch(request)
        return d

    def _place_of(self, request: Any, budget: Budget, client: Client) -> Budget:
        if getattr(request, "reserve", False):  # twisted.web has no reserve
            raise Overloaded("the server has too many connections; try again in 1 second")
        return budget.take(client)

    def handle(self, request: WireRequest) -> None:
        """Respond to a request from the HTTP server, immediately or later."""
        request.keep_alive = request.keep_alive and not self.in_flight.draining
        d = self.admit(request)
        d.addCallback(finish, request)
        d.addErrback(log_no_response, request)

    def refuse(self, error: ProtocolError, response: Response) -> bytes:
        """Log a request that the HTTP server refused, and return the problem document for it."""
        request_id = token_hex(16)
        add_standard_headers(response, request_id)
        _access_log.info(
            "{client} refused {status} {code} {request_id}",
            client=peer_of(response) or LOCAL.address,
            status=error.status,
            code=error.code,
            request_id=request_id,
        )
        return problem_response(as_refusal(error), request_id, response)


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
        d = self._admission.admit(request)
        d.addCallback(write_and_finish, request)
        d.addErrback(log_no_response, request)
        return NOT_DONE_YET


def finish(body: bytes, request: WireRequest) -> None:
    """Finish a response with the rest of its body."""
    request.finish(body)


def write_and_finish(body: bytes, request: Any) -> None:
    """Finish a ``twisted.web`` response, unless its client is gone."""
    if not exchange_of(request).client_gone:
        request.write(body)
        request.finish()


def log_no_response(failure: Failure, request: Any) -> None:
    """Log that not even an error response could be sent, and abort the connection so that the client does not hang."""
    _log.failure("no response could be sent; aborting the connection", failure)
    request.transport.abortConnection()
