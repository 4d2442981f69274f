"""One connection: requests are read off it one after the other, and answered in order, whatever comes.

Either it waits for a request, or one is being answered, or it only lingers, so that a reset does not eat the last
answer. The factory looks now and then whether a deadline has passed: none is extended by bytes.
"""

from typing import Any

from twisted.internet.interfaces import IHalfCloseableProtocol
from twisted.internet.protocol import Protocol, connectionDone
from twisted.python.failure import Failure
from zope.interface import implementer

from service.wire.errors import ProtocolError
from service.wire.framing import Framing
from service.wire.head import Head
from service.wire.reader import RequestReader, Stage
from service.wire.request import WireRequest
from service.wire.response import Response
from service.wire.writer import Writer

_NEVER = float("inf")
#: Pipelined requests that are answered before others get a turn.
TURN = 8
#: Seconds that a first request may be under way when the service stops.
MOMENT = 1.0


@implementer(IHalfCloseableProtocol)
class HTTPChannel(Protocol):
    """The server's side of a connection, made by an ``HTTPFactory``."""

    factory: Any
    transport: Any

    def __init__(self) -> None:
        self._response: Response | None = None
        self._stage = Stage.IDLE
        self._deadline = _NEVER
        self._reading = False
        self._yielded = False
        self._half_closed = False
        self._closing = False
        self._lingering = False
        self._served = False

    def connectionMade(self) -> None:
        """See ``IProtocol``."""
        self._reader = RequestReader(self.factory.limits)
        self._writer = Writer(self.transport, self.factory.clock, self._resume)
        # See ``Sink``: the transport, the writer and the factory do this.
        self.send, self.set_producer, self.date = self.transport.write, self._writer.set_producer, self.factory.date
        self.factory.opened(self)
        self._wait(self.factory.limits.idle_deadline)

    def dataReceived(self, data: bytes) -> None:
        """See ``IProtocol``."""
        if self._lingering:
            return
        self._reader.feed(data)
        if self._response is None and not self._yielded and self._writer.stuck_since is None:
            self._read()
        else:
            self._reader.limit()

    def readConnectionLost(self) -> None:
        """See ``IHalfCloseableProtocol``: the client has said all that it will, or it is gone."""
        self._half_closed = True
        if self._lingering:
            self.transport.loseConnection()
        else:
            self._settle()  # whether it is there to read what is not answered yet, probes will find out

    def writeConnectionLost(self) -> None:
        """See ``IHalfCloseableProtocol``: all is written, and it is for the client to hang up."""
        self._writer.written = True
        self._wait(self.factory.limits.linger)

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        """See ``IProtocol``."""
        self.factory.closed(self)
        self._lingering, self._deadline = True, _NEVER
        response, self._response = self._response, None
        if response is not None:
            response.lose(reason)

    def done(self, response: Response) -> None:
        """See ``Sink``."""
        self._response, self._served = None, True
        self._writer.set_producer(None)
        if not response.keep_alive:
            self._hang_up(gently=not self._half_closed)
        else:
            self._wait(self.factory.limits.idle_deadline)
            self._read()

    def look(self, now: float) -> None:
        """Do what is to be done at this time."""
        stuck_since = self._writer.stuck_since
        if stuck_since is not None:
            if now >= stuck_since + self.factory.limits.write_deadline:
                self.abort()
        elif now < self._deadline:
            if self._half_closed and self._response is not None:
                self._response.probe()
        elif self._lingering:
            self._writer.end_lingering()
        elif self._stage is Stage.IDLE:
            self._hang_up(gently=False)
        else:
            self._refuse(ProtocolError("request_timeout"))

    def close(self) -> None:
        """Close the connection, or, if a request is there or has begun to come, have it closed after the answer.

        One that was never asked anything may have its first request under way: it is given a moment.
        """
        self._closing = True
        if self._response is not None and not self._response.started:
            self._response.keep_alive = False
        if not self._served and self._stage is Stage.IDLE and self._response is None and not self._lingering:
            self._wait(min(MOMENT, self._deadline - self.factory.clock.seconds()))
        self._settle()

    def give_up(self) -> None:
        """Wait no longer for the rest of a request."""
        if self._stage is not Stage.IDLE and not self._lingering:
            self._refuse(ProtocolError("request_timeout"))

    def abort(self) -> None:
        """Close the connection at once, whatever is going on."""
        self._writer.abort()

    def _resume(self) -> None:
        """Go on when the client reads again: how long it did not counts for nothing else."""
        if self._response is None:
            self._wait(self.factory.seconds_for[self._stage])
            self._read()

    def _read(self) -> None:
        if self._reading:
            return  # the loop below is what has brought the answer, or filled the transport
        self._reading, self._yielded = True, False
        try:
            for _ in range(TURN):
                if self._response is not None or self._lingering or self._writer.stuck_since is not None:
                    break
                if (request := self._next_request()) is None:
                    break
                self._begin(*request)
            else:
                self._yielded = True
                self.factory.clock.callLater(0, self._read)
        except ProtocolError as error:
            self._refuse(error)
        finally:
            self._reading = False
        self._settle()

    def _settle(self) -> None:
        """End the connection if nothing is to be answered, and nothing will come."""
        if self._response is not None or self._yielded or self._lingering or self._writer.stuck_since is not None:
            return
        if self._stage is not Stage.IDLE:
            if self._half_closed:
                self._refuse(ProtocolError("incomplete_request"))
        elif self._half_closed or (self._closing and self._served):
            self._hang_up(gently=False)

    def _next_request(self) -> tuple[Head, Framing] | None:
        """Take the next request that is whole; None if none is, and then wait for it, but not for ever."""
        request = self._reader.read()
        if request is None and self._reader.stage is not self._stage:
            self._stage = self._reader.stage
            self._wait(self.factory.seconds_for[self._stage])
        return request

    def _begin(self, head: Head, framing: Framing) -> None:
        self._stage, self._deadline = Stage.IDLE, _NEVER
        keep_alive = head.keep_alive and not framing.expects_continue and not self._closing
        self._response = request = WireRequest(head, framing, self, self.transport, keep_alive=keep_alive)
        self.factory.handle(request)

    def _refuse(self, error: ProtocolError) -> None:
        self._response = response = Response(self, 1, keep_alive=False, no_body=self._reader.is_head)
        response.setResponseCode(error.status)
        response.finish(self.factory.refuse(error, response))

    def _wait(self, seconds: float) -> None:
        self._deadline = self.factory.clock.seconds() + seconds

    def _hang_up(self, *, gently: bool) -> None:
        """Say no more, and heed no more; but until the client hangs up, listen all the same."""
        self._reader.clear()
        self._lingering = True
        self._wait(self.factory.limits.write_deadline)
        self._writer.hang_up(gently=gently)
