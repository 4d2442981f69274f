"""One connection from its beginning to its end: its state, its deadline, and what ends it.

The table in ``service.wire.states`` says what applies in each state. The factory sweeps all connections for deadlines
that have passed; bytes that trickle in do not extend them.
"""

from functools import cached_property
from math import inf
from typing import Any

from twisted.internet.interfaces import IAddress, IHalfCloseableProtocol, IHandshakeListener, INegotiated, ITCPTransport
from twisted.internet.protocol import Protocol, connectionDone
from twisted.python.failure import Failure
from zope.interface import implementer

from service.wire.errors import ProtocolError
from service.wire.reader import RequestReader
from service.wire.response import Response
from service.wire.states import BODY, CLOSED, FLUSHING, FRESH, HEAD, IDLE, LINGERING, RESPONDING, End, State
from service.wire.tls import log_failed_handshake

#: Seconds that a first request has to begin once the service stops.
FIRST_REQUEST_GRACE = 1.0


@implementer(IHalfCloseableProtocol, IHandshakeListener)
class BaseConnection(Protocol):
    """A connection made by an ``HTTPFactory``; one of the ``reserve`` has less time, and is for one request."""

    factory: Any
    transport: Any
    reserve = False
    _deadline = inf
    _state = FRESH
    _response: Response | None = None
    _half_closed = _stopping = False

    def connectionMade(self) -> None:
        self._handshaking = INegotiated.providedBy(self.transport)
        self._reader = RequestReader(self.factory.limits)
        if ITCPTransport.providedBy(self.transport):
            self.transport.setTcpNoDelay(True)  # a response is sent immediately, not in small pieces
        self.reserve = self.factory.opened(self)
        self._seconds_in = self.factory.reserve_seconds_in if self.reserve else self.factory.seconds_in
        self._enter(FRESH)

    @cached_property
    def peer(self) -> IAddress:
        """The address at the other end: asked for with a request, as the PROXY protocol may have said it by then."""
        peer: IAddress = self.transport.getPeer()
        return peer

    def handshakeCompleted(self) -> None:
        self._handshaking = False

    def readConnectionLost(self) -> None:
        """See ``IHalfCloseableProtocol``: the client sends nothing more, or is gone, which probes will find out."""
        self._half_closed = True
        self._end_if_done()

    def writeConnectionLost(self) -> None:
        """See ``IHalfCloseableProtocol``: everything is sent, and the client is to close its side."""
        self._enter(LINGERING)

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        never_asked = self._state is FRESH
        self._enter(CLOSED)
        self.factory.closed(self)
        if self._handshaking and never_asked:  # a proxy's wrapper does not tell that hands were shaken
            log_failed_handshake(self.transport, reason)
        response, self._response = self._response, None
        if response is not None:
            response.connection_lost(reason)

    def sweep(self, now: float) -> None:
        """Enforce the deadline as of ``now``, and probe whether a client that has closed its side is still there."""
        if now >= self._deadline:
            self._end(self._state.at_deadline)
        elif self._half_closed and self._state is RESPONDING and self._response is not None:
            self._response.probe()

    def close(self) -> None:
        """Close the connection; if a request has begun to arrive, or begins to in a moment, after its response."""
        self._stopping = True
        if self._response is not None and not self._response.started:
            self._response.keep_alive = False
        if self._state is FRESH:
            self._deadline = min(self._deadline, self.factory.clock.seconds() + FIRST_REQUEST_GRACE)
        self._end_if_done()

    def give_way(self) -> None:
        """Close an idle connection soon, because another needs its place."""
        self._seconds_in = self.factory.reserve_seconds_in
        self._end(End.CLOSE)

    def abandon_partial(self) -> None:
        """Refuse a request that has only partly arrived."""
        if self._state in (HEAD, BODY):
            self._end(End.TIMEOUT)

    def abort(self) -> None:
        """Close the connection immediately."""
        self.transport.abortConnection()

    def _enter(self, state: State) -> None:
        if self._state is IDLE:
            self.factory.idle.pop(self, None)
        self._state = state
        if state.limit is None:
            self._deadline = inf
        else:
            self._deadline = self.factory.clock.seconds() + self._seconds_in[state]
        if state is IDLE:
            self.factory.now_idle(self)

    def _end_if_done(self) -> None:
        """End the connection if nothing is to be answered and nothing will come."""
        end = (self._half_closed and self._state.at_half_close) or (self._stopping and self._state.at_shutdown)
        if end:
            self._end(end)

    def _end(self, end: End | None) -> None:
        match end:
            case End.CLOSE:
                self._close_write(gently=False)
            case End.TIMEOUT | End.INCOMPLETE:
                self._refuse(ProtocolError(end.value))
            case End.DISCONNECT:
                self.transport.loseConnection()
            case _:
                self.abort()

    def _close_write(self, *, gently: bool) -> None:
        """Send nothing more. ``gently`` (not in TLS), keep receiving: a reset could cost the client the response."""
        self._reader.clear()
        self._enter(FLUSHING)
        self.transport.unregisterProducer()
        if gently and not INegotiated.providedBy(self.transport):
            self.transport.loseWriteConnection()
        else:
            self.transport.loseConnection()

    def _refuse(self, error: ProtocolError) -> None:
        """Send an error response, and end the connection after it: what that says is the protocol's business."""
