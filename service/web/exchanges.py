"""One request and its answer: numbered, counted while it lasts, logged when it ends."""

from collections.abc import Callable
from secrets import token_hex
from typing import Any

from attrs import define, field
from twisted.internet.defer import CancelledError, Deferred, succeed
from twisted.internet.interfaces import IReactorTime
from twisted.logger import Logger
from twisted.python.failure import Failure
from twisted.web.iweb import IRequest
from zope.interface import Interface, implementer

from service.errors import ClientGone, Draining, ServiceError

_log = Logger(namespace="access")


class IExchange(Interface):
    """The component of a request that is its ``Exchange``."""


#: Takes the id of a request, the Deferred that makes its answer, and the request.
Remember = Callable[[str, Deferred[Any], Any], object]


def forget(*_: object) -> None:
    """Remember nothing."""


#: Takes the id of a request, and the status with which it has ended.
Conclude = Callable[[str, int], object]
#: Files whose code makes Deferreds for the routes.
HELPERS = (__file__,)


@implementer(IExchange)
@define(eq=False)
class Exchange:
    """One request and its answer.

    ``id`` is 32 hex digits; ``chain`` is the Deferred that makes the answer; ``cancelled`` says why it was
    cancelled, None while it was not; ``streaming``, whether it goes on until it is stopped; ``remember`` is told of
    the chain when that begins.
    """

    started: float
    id: str = field(factory=lambda: token_hex(16))
    chain: Deferred[Any] | None = None
    cancelled: ServiceError | None = None
    streaming: bool = False
    remember: Remember = forget

    @property
    def client_gone(self) -> bool:
        """Whether nobody is left to read the answer."""
        return isinstance(self.cancelled, ClientGone)

    def cancel(self, why: ServiceError) -> None:
        """Stop the work on the answer; the terminal errback will find out why."""
        self.cancelled = why
        if self.chain is not None:
            self.chain.cancel()


def exchange_of(request: Any) -> Exchange:
    """Find the exchange that a request belongs to."""
    exchange: Exchange = request.getComponent(IExchange)
    return exchange


def begin(request: IRequest) -> Deferred[Any]:
    """Start the chain of a request inside the chain.

    :return: a Deferred that has fired with the request, and that the exchange can cancel.
    """
    d = begin_unseen(request)
    exchange = exchange_of(request)
    exchange.remember(exchange.id, d, request)
    return d


def begin_unseen(request: IRequest) -> Deferred[Any]:
    """Start a chain as ``begin`` does, and have nobody remember it."""
    d: Deferred[Any] = succeed(request)
    exchange_of(request).chain = d
    return d


@define
class Exchanges:
    """All exchanges in progress; ``draining`` says that no new ones are wanted, ``log_access`` that each is logged.

    ``remember`` is told of each chain that begins, ``conclude`` of each request that has ended.
    """

    clock: IReactorTime
    draining: bool = False
    log_access: bool = True
    remember: Remember = forget
    conclude: Conclude = forget
    _open: set[Exchange] = field(factory=set, init=False)

    def __len__(self) -> int:
        return len(self._open)

    def open(self, request: Any) -> None:
        """Number a request, and follow it to its end.

        :param request: an ``IRequest`` that has components and ``notifyFinish``, as those of twisted.web do.
        """
        exchange = Exchange(self.clock.seconds(), remember=self.remember)
        request.setComponent(IExchange, exchange)
        request.setHeader(b"X-Request-Id", exchange.id.encode())
        request.setHeader(b"X-Content-Type-Options", b"nosniff")
        self._open.add(exchange)
        d = request.notifyFinish()
        d.addBoth(self._close, request, exchange)
        d.addErrback(lambda failure: _log.failure("an exchange could not be closed", failure))

    def stop(self, request_id: str, why: ServiceError) -> bool:
        """Stop the work on one answer; say whether there was any."""
        chosen = [exchange for exchange in self._open if exchange.id == request_id]
        for exchange in chosen:
            exchange.cancel(why)
        return bool(chosen)

    def cancel_streams(self) -> None:
        """Stop every stream, with a last event that says why: who comes back can go on where it ended."""
        self._cancel([exchange for exchange in self._open if exchange.streaming])

    def cancel_all(self) -> None:
        """Stop the work on every answer that is not ready; each is then answered ``Draining``."""
        self._cancel(list(self._open))

    def _cancel(self, exchanges: list[Exchange]) -> None:
        for exchange in exchanges:
            exchange.cancel(Draining("the service is stopping; try again"))

    def _close(self, lost: Failure | None, request: Any, exchange: Exchange) -> None:
        if lost is not None:
            # Right after this the chain is cancelled, by Klein or by the wire.
            exchange.cancelled = ClientGone("the client went away")
        self._open.discard(exchange)
        status = ClientGone.status if exchange.client_gone else request.code
        self.conclude(exchange.id, status)
        if self.log_access:
            self._log(request, exchange, status)

    def _log(self, request: Any, exchange: Exchange, status: int) -> None:
        _log.info(
            "{method} {path} {status} {seconds:.3f}s {request_id}",
            method=request.method.decode("latin-1"),
            path=request.path.decode("latin-1"),
            status=status,
            seconds=round(self.clock.seconds() - exchange.started, 6),
            request_id=exchange.id,
        )


def why_cancelled(failure: Failure, request: IRequest) -> ServiceError | None:
    """Say why a chain was cancelled, if that is what it failed of; None if it is not."""
    return exchange_of(request).cancelled if failure.check(CancelledError) else None
