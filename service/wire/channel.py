"""HTTP on one connection: requests are read off it one after the other, and answered in order, whatever is sent."""

from typing import Any

from twisted.internet.interfaces import IPushProducer
from zope.interface import implementer

from service.wire.connection import BaseConnection
from service.wire.errors import ProtocolError
from service.wire.request import WireRequest
from service.wire.response import Response
from service.wire.states import BLOCKED, FRESH, IDLE, RESPONDING, YIELDED

#: Pipelined requests that are answered before other connections get a turn.
PIPELINE_BATCH = 8


@implementer(IPushProducer)
class HTTPChannel(BaseConnection):
    """The server's side of a connection."""

    _producer: Any = None
    _reading = False

    def connectionMade(self) -> None:
        # What a ``Response`` needs of its connection, without a call in between.
        self.send, self.date = self.transport.write, self.factory.date
        self.default_lines = self.factory.default_lines
        self.transport.registerProducer(self, True)
        super().connectionMade()

    def dataReceived(self, data: bytes) -> None:
        if self._state.reads and (plain := self._reader.read_whole(data)) is not None:
            self._respond(WireRequest(self, *plain))
            return
        if self._state.keeps:
            self._reader.feed(data)
        if self._state.reads:
            self._read()
        else:
            self._reader.limit()

    def done(self, response: Response) -> None:
        self._response = self._producer = None
        if not response.keep_alive:
            self._close_write(gently=not self._half_closed)
        elif self._state is not BLOCKED:
            self._enter(IDLE)
            if self._reader.is_empty:
                self._end_if_done()
            else:
                self._read()

    def set_producer(self, producer: Any) -> None:
        self._producer = producer
        if producer is not None and self._state is BLOCKED:
            producer.pauseProducing()

    def pauseProducing(self) -> None:
        """See ``IPushProducer``: the client does not read."""
        if self._state is not BLOCKED:
            self._enter(BLOCKED)
        if self._producer is not None:
            self._producer.pauseProducing()

    def resumeProducing(self) -> None:
        """See ``IPushProducer``: the client reads again, or others have had their turn; deadlines restart."""
        if self._response is not None:
            self._enter(RESPONDING)
            if self._producer is not None:
                self._producer.resumeProducing()
        elif self._state.keeps:
            self._enter(self._reader.state)
            self._read()

    def stopProducing(self) -> None:
        """See ``IPushProducer``: the client is gone, as ``connectionLost`` will say."""

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
            if not self._state.reads:
                return
            if (framed := self._reader.read()) is None:
                state = self._reader.state
                if state is not self._state and (self._state, state) != (FRESH, IDLE):  # to the reader, FRESH is IDLE
                    self._enter(state)
                return
            self._respond(WireRequest.of(framed, self))
        if self._state.reads:
            self._enter(YIELDED)
            self.factory.clock.callLater(0, self.resumeProducing)

    def _respond(self, request: WireRequest) -> None:
        self._enter(RESPONDING)
        self._response = request
        if self._stopping or self.reserve:
            request.keep_alive = False
            request.reserve = self.reserve
        self.factory.handle(request)

    def _refuse(self, error: ProtocolError) -> None:
        self._enter(RESPONDING)
        self._response = response = Response(self, 1, keep_alive=False, no_body=self._reader.is_head)
        response.setResponseCode(error.status)
        response.finish(self.factory.refuse(error, response, *self._reader.beginning))
