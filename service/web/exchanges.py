"""In-flight requests: their ids, their cancellation, and the access log."""

from secrets import token_hex
from typing import Any

from attrs import define, field
from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IReactorTime
from twisted.logger import Logger
from twisted.python.failure import Failure
from zope.interface import Interface, implementer

from service.errors import ClientGone, Draining, ServiceError
from service.web.budgets import Budget
from service.web.clients import LOCAL, Client, TrustedProxies
from service.web.replies import add_standard_headers

_log = Logger(namespace="access")


class IExchange(Interface):
    """The interface by which a request has its ``Exchange`` as a component."""


class Observer:
    """An observer of the chains behind responses; this one ignores them."""

    def began(self, request: Any, chain: Deferred[Any]) -> None:
        """Take note of the Deferred that makes a response, before anything is added to it."""

    def ended(self, request: Any, status: int) -> None:
        """Take note of the status with which a request has ended."""


@implementer(IExchange)
@define(eq=False)
class Exchange:
    """A request and its response.

    ``id`` is 32 hex digits. ``client`` has sent the request; ``budget`` is what it has taken a place of, or None for
    no budget. ``chain`` is the Deferred that produces the response, or None before there is one.
    ``cancelled`` is the reason why it was cancelled, or None. ``streaming`` is true for a stream of events.
    """

    started: float
    client: Client = LOCAL
    id: str = field(factory=lambda: token_hex(16))
    chain: Deferred[Any] | None = None
    cancelled: ServiceError | None = None
    streaming: bool = False
    budget: Budget | None = None

    @property
    def client_gone(self) -> bool:
        """Whether the client has disconnected."""
        return isinstance(self.cancelled, ClientGone)

    def cancel(self, why: ServiceError) -> None:
        """Cancel the chain; its terminal errback then reports ``why``."""
        self.cancelled = why
        if self.chain is not None:
            self.chain.cancel()


def exchange_of(request: Any) -> Exchange:
    """Return the exchange that a request belongs to."""
    return request.getComponent(IExchange)


@define
class InFlight:
    """All in-flight requests.

    ``draining`` is true while the service stops. ``log_access`` says whether each request is logged when it ends. The
    ``observer`` is told about each end. ``proxies`` are those that are believed who has sent a request.
    """

    clock: IReactorTime
    observer: Observer = field(factory=Observer)
    log_access: bool = True
    draining: bool = False
    proxies: TrustedProxies = field(factory=TrustedProxies)
    _open: set[Exchange] = field(factory=set, init=False)

    def __len__(self) -> int:
        return len(self._open)

    def open(self, request: Any) -> Exchange:
        """Assign an id to a request, and track it until it ends; cancel its chain if the client disconnects."""
        exchange = Exchange(self.clock.seconds(), self.proxies.client_of(request))
        request.setComponent(IExchange, exchange)
        add_standard_headers(request, exchange.id)
        self._open.add(exchange)
        d = request.notifyFinish()
        d.addBoth(self._close, request, exchange)
        d.addErrback(lambda failure: _log.failure("an exchange could not be closed", failure))
        return exchange

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

    def _close(self, lost: Failure | None, request: Any, exchange: Exchange) -> None:
        self._open.discard(exchange)
        if exchange.budget is not None:
            exchange.budget.give_back(exchange.client)
        status = request.code if lost is None else ClientGone.status
        self.observer.ended(request, status)
        if self.log_access:
            self._log(request, exchange, status)
        if lost is not None:
            exchange.cancel(ClientGone("the client disconnected"))

    def _log(self, request: Any, exchange: Exchange, status: int) -> None:
        client, method, path = exchange.client.address, request.method.decode("latin-1"), request.path.decode("latin-1")
        seconds = self.clock.seconds() - exchange.started
        agent = (request.getHeader(b"user-agent") or b"").decode("latin-1")
        _log.info(
            "{line}",  # made here: the logger takes 100,000 instructions more to put it together
            line=f"{client} {method} {path} {status} {request.sentLength} {seconds:.3f}s {agent!r} {exchange.id}",
            client=client,
            method=method,
            path=path,
            status=status,
            bytes=request.sentLength,
            seconds=round(seconds, 6),
            user_agent=agent,
            request_id=exchange.id,
        )
