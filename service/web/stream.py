"""Server-sent events (HTML standard, section 9.2), with back-pressure from slow readers."""

from collections.abc import Mapping
from typing import Any, Self

from attrs import define, field, frozen
from twisted.internet.interfaces import IPushProducer, IReactorTime
from twisted.internet.task import LoopingCall
from twisted.logger import Logger
from twisted.python.failure import Failure
from twisted.web.iweb import IRequest
from zope.interface import implementer

from service.web.exchanges import exchange_of
from service.web.problems import as_service_error, problem_document
from service.web.replies import as_event_stream, encode_json

_log = Logger()

#: Seconds between heartbeat comments; proxies close connections that are silent for long.
HEARTBEAT = 15.0


@frozen
class Event:
    """An event: its type, its data, and the id that a reconnecting browser sends as ``Last-Event-ID``."""

    name: str
    data: Mapping[str, Any]
    id: str | None = None

    def render(self) -> bytes:
        """Encode the event; JSON keeps the data on one line."""
        lines = [f"event: {self.name}"]
        if self.id is not None:
            lines.append(f"id: {self.id}")
        lines.append(f"data: {encode_json(self.data).decode()}")
        return "".join(f"{line}\n" for line in [*lines, ""]).encode()


@implementer(IPushProducer)
@define(eq=False)
class EventStream:
    """A response as a stream of events; while the client does not read, only the newest of each type is kept."""

    request: Any
    _heartbeat: LoopingCall = field(init=False)
    _paused: bool = field(default=False, init=False)
    _kept: dict[str, Event] = field(factory=dict, init=False)

    @classmethod
    def open(cls, request: IRequest, clock: IReactorTime) -> Self:
        """Begin the response to a request; status and headers are sent immediately."""
        stream = cls(request)
        exchange_of(request).streaming = True
        as_event_stream(request)
        stream.request.registerProducer(stream, streaming=True)
        stream.request.write(b"")
        stream._heartbeat = LoopingCall(stream._beat)
        stream._heartbeat.clock = clock
        beats = stream._heartbeat.start(HEARTBEAT, now=False)
        beats.addErrback(lambda failure: _log.failure("the heartbeat of an event stream stopped", failure))
        return stream

    def send(self, event: Event) -> None:
        """Send an event, or keep it until the client reads again."""
        if self._paused:
            self._kept[event.name] = event
        else:
            self.request.write(event.render())

    def send_problem(self, failure: Failure) -> None:
        """Report an error as an event of type ``problem``: the terminal errback of a stream's chain."""
        error = as_service_error(failure, self.request)
        exchange = exchange_of(self.request)
        self.send(Event("problem", problem_document(error, exchange.id, exchange.trace_id)))

    def close(self) -> None:
        """Send the events that were kept, including the last one, and end the stream."""
        self._heartbeat.stop()
        if not exchange_of(self.request).client_gone:  # a request without a client has no channel
            self.request.unregisterProducer()  # first, so that sending is not paused again
            self.resumeProducing()

    def pauseProducing(self) -> None:
        """See ``IPushProducer``: the client does not read."""
        self._paused = True

    def resumeProducing(self) -> None:
        """See ``IPushProducer``: the client reads again."""
        self._paused = False
        kept, self._kept = self._kept, {}
        for event in kept.values():
            self.send(event)

    def stopProducing(self) -> None:
        """See ``IPushProducer``: the client disconnected, which cancels the chain."""

    def _beat(self) -> None:
        if not self._paused:
            self.request.write(b":\n\n")
