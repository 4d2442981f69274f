"""In-flight requests: their ids, their cancellation, and their end."""

from typing import Any

from attrs import define, field
from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IReactorTime
from twisted.logger import Logger
from twisted.python.failure import Failure
from twisted.web.http_headers import Headers
from zope.interface import Interface, implementer

from service.errors import ClientGone, Draining, ServiceError
from service.metrics import Metrics
from service.tracing import TraceContext
from service.web.access import Access, AccessLog
from service.web.budgets import Budget
from service.web.clients import Client, TrustedProxies
from service.web.journal import Entry, Journal
from service.web.observer import Observer
from service.web.request_ids import REQUEST_IDS
from service.web.request_metrics import count_request

_log = Logger()


class IExchange(Interface):
    """The interface by which a request has its ``Exchange`` as a component."""


@implementer(IExchange)
class Exchange:
    """A request and its response.

    ``id`` is 32 hex digits. ``budget`` is what it has taken a place of, or None for no budget. ``chain`` is the
    Deferred that produces the response, or None before there is one. ``cancelled`` is the reason why it was cancelled,
    or None. ``streaming`` is true for a stream of events.
    """

    chain: Deferred[Any] | None = None
    cancelled: ServiceError | None = None
    streaming = False
    #: Whether it came in at the admin endpoint.
    at_admin = False
    budget: Budget | None = None
    #: The number of its arrival, for the journal.
    number = 0
    _client: Client | None = None
    _trace: TraceContext | None = None

    def __init__(self, request: Any, in_flight: "InFlight") -> None:
        self.id = next(REQUEST_IDS)
        self._request = request
        self._in_flight = in_flight
        self._started = in_flight.clock.seconds()

    @property
    def client(self) -> Client:
        """Who has sent the request: found out when somebody asks."""
        if self._client is None:
            self._client = self._in_flight.proxies.client_of(self._request)
        return self._client

    @property
    def address(self) -> str:
        """The address that the request is attributed to."""
        return self.client.address

    @property
    def trace_id(self) -> str:
        """The id of its trace; a new one has the id of the request."""
        if self._trace is None and not self._has_parent:
            return self.id
        return self.trace.trace_id

    @property
    def trace(self) -> TraceContext:
        """The trace that the request belongs to."""
        if self._trace is None:
            fields = self._request.requestHeaders if self._has_parent else Headers()
            parents, states = (fields.getRawHeaders(name, []) for name in ("traceparent", "tracestate"))
            self._trace = TraceContext.parse(parents, states, self.id)
        return self._trace

    @property
    def _has_parent(self) -> bool:
        return self._request is not None and self._request.getHeader(b"traceparent") is not None

    @property
    def entry(self) -> Entry:
        """What the journal has of it while it is in flight."""
        return Entry(self.number, self.id, self._request.method, self._request.uri)

    @property
    def client_gone(self) -> bool:
        """Whether the client has disconnected."""
        return isinstance(self.cancelled, ClientGone)

    def cancel(self, why: ServiceError) -> None:
        """Cancel the chain; its terminal errback then reports ``why``."""
        self.cancelled = why
        if self._in_flight.metrics is not None:
            self._in_flight.metrics.count("cancelled", why.code)
        if self.chain is not None:
            self.chain.cancel()

    def end(self, lost: Failure | None) -> None:
        """Take note that the response is complete, or that the client is gone, which cancels the chain."""
        try:
            self._in_flight.close(self, self._request, self._started, lost)
        except Exception:  # noqa: BLE001  the connection must go on whatever that is
            _log.failure("an exchange could not be closed")
        if lost is not None and self._has_parent:
            self.trace  # noqa: B018  found out while there is a request: what is cancelled may log it
        self._request = None  # which has the exchange as its component: no cycle for the garbage collector
        if lost is not None:
            self.cancel(ClientGone("the client disconnected"))


def exchange_of(request: Any) -> Exchange:
    """Return the exchange that a request belongs to."""
    return request.getComponent(IExchange)


@define
class InFlight:
    """All in-flight requests.

    ``draining`` is true while the service stops. ``access_log``, ``metrics`` and ``journal`` are told about each end,
    if they are not None, and so is the ``observer``. ``proxies`` are those that are believed who has sent a request.
    """

    clock: IReactorTime
    observer: Observer = field(factory=Observer)
    access_log: AccessLog | None = None
    metrics: Metrics | None = None
    journal: Journal | None = None
    draining: bool = False
    proxies: TrustedProxies = field(factory=TrustedProxies)
    _open: set[Exchange] = field(factory=set, init=False)

    def __len__(self) -> int:
        return len(self._open)

    def open(self, request: Any) -> Exchange:
        """Assign an id to a request, and track it until its exchange ends."""
        exchange = Exchange(request, self)
        request.setComponent(IExchange, exchange)
        request.setHeader(b"X-Request-Id", exchange.id.encode())
        self._open.add(exchange)
        if self.journal is not None:
            self.journal.began(exchange)
        return exchange

    def close(self, exchange: Exchange, request: Any, started: float, lost: Failure | None) -> None:
        """Stop tracking an exchange, give its place back, and log it."""
        self._open.discard(exchange)
        if exchange.budget is not None:
            exchange.budget.give_back(exchange)
        status = request.code if lost is None else ClientGone.status
        self.observer.ended(request, status)
        if self.metrics is None and self.access_log is None and self.journal is None:
            return
        seconds = self.clock.seconds() - started
        if self.journal is not None:
            self.journal.ended(exchange, request, status, seconds)
        if self.metrics is not None:
            count_request(self.metrics, request, status, seconds)
        if self.access_log is not None:
            self.access_log(Access.of(exchange, request, status, seconds))

    def pending(self) -> list[Entry]:
        """List the requests, as the journal does."""
        return [one.entry for one in self._open]

    @property
    def streams(self) -> int:
        """How many of them are streams of events."""
        return sum(exchange.streaming for exchange in self._open)

    def stop(self, request_id: str, why: ServiceError) -> bool:
        """Cancel one request; return whether it was in flight."""
        chosen = [exchange for exchange in self._open if exchange.id == request_id]
        for exchange in chosen:
            exchange.cancel(why)
        return bool(chosen)

    def cancel_streams(self) -> None:
        """Cancel every event stream; its last event says why, so that the client can resume elsewhere."""
        self._cancel([exchange for exchange in self._open if exchange.streaming])

    def cancel_all(self) -> None:
        """Cancel every in-flight request; each then fails with ``Draining``."""
        self._cancel(list(self._open))

    def _cancel(self, exchanges: list[Exchange]) -> None:
        for exchange in exchanges:
            exchange.cancel(Draining("the service is stopping; try again"))
