"""One connection: requests are read off it one after the other, and answered in order, whatever the client sends.

The table in ``service.wire.states`` says what applies in each state. The factory sweeps all connections for deadlines
that have passed; bytes that trickle in do not extend them.
"""

from math import inf
from typing import Any

from twisted.internet.interfaces import IHalfCloseableProtocol, INegotiated, IPushProducer, ITCPTransport
from twisted.internet.protocol import Protocol, connectionDone
from twisted.python.failure import Failure
from zope.interface import implementer

from service.wire.errors import ProtocolError
from service.wire.framing import Framing
from service.wire.head import Head
from service.wire.reader import RequestReader
from service.wire.request import WireRequest
from service.wire.response import Response
from service.wire.states import RULES, End, State

#: Pipelined requests that are answered before other connections get a turn.
PIPELINE_BATCH = 8
#: Seconds that a first request has to begin once the service stops.
FIRST_REQUEST_GRACE = 1.0


@implementer(IHalfCloseableProtocol, IPushProducer)
class HTTPChannel(Protocol):
    """The server's side of a connection, made by an ``HTTPFactory``."""

    factory: Any
    transport: Any
    _deadline = inf
    _response: Response | None = None
    _producer: Any = None
    _reading = _half_closed = _stopping = False

    def connectionMade(self) -> None:
        self._reader = RequestReader(self.factory.limits)
        # What a ``Response`` needs of its ``Connection``, and the factory of a connection, without a call in between.
        self.send, self.abort, self.date = self.transport.write, self.transport.abortConnection, self.factory.date
        self.transport.registerProducer(self, True)
        if ITCPTransport.providedBy(self.transport):
            self.transport.setTcpNoDelay(True)  # a response is sent immediately, not in small pieces
        self._enter(State.FRESH)
        self.factory.opened(self)

    def dataReceived(self, data: bytes) -> None:
        if self._rule.keeps:
            self._reader.feed(data)
        if self._rule.reads:
            self._read()
        else:
            self._reader.limit()

    def readConnectionLost(self) -> None:
        """See ``IHalfCloseableProtocol``: the client sends nothing more, or is gone, which probes will find out."""
        self._half_closed = True
        self._end_if_done()

    def writeConnectionLost(self) -> None:
        """See ``IHalfCloseableProtocol``: everything is sent, and the client is to close its side."""
        self._enter(State.LINGERING)

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        self._enter(State.CLOSED)
        self.factory.closed(self)
        response, self._response = self._response, None
        if response is not None:
            response.connection_lost(reason)

    def done(self, response: Response) -> None:
        self._response = self._producer = None
        if not response.keep_alive:
            self._close_write(gently=not self._half_closed)
        elif self._state is not State.BLOCKED:
            self._enter(State.IDLE)
            self._read()

    def set_producer(self, producer: Any) -> None:
        self._producer = producer
        if producer is not None and self._state is State.BLOCKED:
            producer.pauseProducing()

    def pauseProducing(self) -> None:
        """See ``IPushProducer``: the client does not read."""
        if self._state is not State.BLOCKED:
            self._enter(State.BLOCKED)
        if self._producer is not None:
            self._producer.pauseProducing()

    def resumeProducing(self) -> None:
        """See ``IPushProducer``: the client reads again, or others have had their turn; deadlines restart."""
        if self._response is not None:
            self._enter(State.RESPONDING)
            if self._producer is not None:
                self._producer.resumeProducing()
        elif self._rule.keeps:
            self._enter(self._reader.state)
            self._read()

    def stopProducing(self) -> None:
        """See ``IPushProducer``: the client is gone, as ``connectionLost`` will say."""

    def sweep(self, now: float) -> None:
        """Enforce the deadline as of ``now``, and probe whether a client that has closed its side is still there."""
        if now >= self._deadline:
            self._end(self._rule.at_deadline)
        elif self._half_closed and self._state is State.RESPONDING and self._response is not None:
            self._response.probe()

    def close(self) -> None:
        """Close the connection; if a request has begun to arrive, or begins to in a moment, after its response."""
        self._stopping = True
        if self._response is not None and not self._response.started:
            self._response.keep_alive = False
        if self._state is State.FRESH:
            self._deadline = min(self._deadline, self.factory.clock.seconds() + FIRST_REQUEST_GRACE)
        self._end_if_done()

    def abandon_partial(self) -> None:
        """Refuse a request that has only partly arrived."""
        if self._state in (State.HEAD, State.BODY):
            self._end(End.TIMEOUT)

    def _enter(self, state: State) -> None:
        self._state, self._rule = state, RULES[state]
        self._deadline = self.factory.clock.seconds() + self.factory.seconds_in[state]

    def _end_if_done(self) -> None:
        """End the connection if nothing is to be answered and nothing will come."""
        end = (self._half_closed and self._rule.at_half_close) or (self._stopping and self._rule.at_shutdown)
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

    def _read(self) -> None:
        if self._reading:
            return  # called by a response that was finished in the loop below, which goes on by itself
        self._reading = True
        try:
            self._read_batch()
        except ProtocolError as error:
            self._refuse(error)
        finally:
            self._reading = False
        self._end_if_done()

    def _read_batch(self) -> None:
        for _ in range(PIPELINE_BATCH):
            if not self._rule.reads:
                return
            if (request := self._reader.read()) is None:
                state = self._reader.state
                if state is not self._state and (self._state, state) != (State.FRESH, State.IDLE):  # see ``State``
                    self._enter(state)
                return
            self._respond(*request)
        if self._rule.reads:
            self._enter(State.YIELDED)
            self.factory.clock.callLater(0, self.resumeProducing)

    def _respond(self, head: Head, framing: Framing) -> None:
        self._enter(State.RESPONDING)
        keep_alive = head.keep_alive and not framing.expects_continue and not self._stopping
        self._response = request = WireRequest(head, framing, self, self.transport, keep_alive=keep_alive)
        self.factory.handle(request)

    def _refuse(self, error: ProtocolError) -> None:
        self._enter(State.RESPONDING)
        self._response = response = Response(self, 1, keep_alive=False, no_body=self._reader.is_head)
        response.setResponseCode(error.status)
        response.finish(self.factory.refuse(error, response))

    def _close_write(self, *, gently: bool) -> None:
        """Send nothing more. ``gently`` (not in TLS), keep receiving: a reset could cost the client the response."""
        self._reader.clear()
        self._enter(State.FLUSHING)
        self.transport.unregisterProducer()
        if gently and not INegotiated.providedBy(self.transport):
            self.transport.loseWriteConnection()
        else:
            self.transport.loseConnection()
