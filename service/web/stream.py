"""Server-sent events (HTML standard, section 9.2): a stream that a slow reader cannot make grow."""

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

#: Seconds from one comment to the next: proxies hang up on what is silent for long.
HEARTBEAT = 15.0


@frozen
class Event:
    """One event: its type, its data as JSON will say it, and the id that a browser which comes back names."""

    name: str
    data: dict[str, Any]
    id: str | None = None

    def render(self) -> bytes:
        """Encode it; JSON keeps the data on one line."""
        lines = [f"event: {self.name}"]
        if self.id is not None:
            lines.append(f"id: {self.id}")
        lines.append(f"data: {encode_json(self.data).decode()}")
        return "".join(f"{line}\n" for line in [*lines, ""]).encode()


@implementer(IPushProducer)
@define(eq=False)
class EventStream:
    """The events of one answer. While the client does not read, of each kind of event the newest is kept."""

    request: Any
    _heartbeat: LoopingCall = field(init=False)
    _paused: bool = field(default=False, init=False)
    _kept: dict[str, Event] = field(factory=dict, init=False)

    @classmethod
    def open(cls, request: IRequest, clock: IReactorTime) -> Self:
        """Begin the answer of a request: status and headers leave at once."""
        stream = cls(request)
        exchange_of(request).streaming = True
        as_event_stream(request)
        stream.request.registerProducer(stream, streaming=True)
        stream.request.write(b"")
        stream._heartbeat = LoopingCall(stream._beat)
        stream._heartbeat.clock = clock
        beats = stream._heartbeat.start(HEARTBEAT, now=False)
        beats.addErrback(lambda failure: _log.failure("no more heartbeats", failure))
        return stream

    def send(self, event: Event) -> None:
        """Send an event, or keep it until the client reads again."""
        if self._paused:
            self._kept[event.name] = event
        else:
            self.request.write(event.render())

    def send_problem(self, failure: Failure) -> None:
        """Say what went wrong as an event of the type ``problem``: the terminal errback of a stream's chain."""
        error = as_service_error(failure, self.request)
        self.send(Event("problem", problem_document(error, exchange_of(self.request).id)))

    def close(self) -> None:
        """End the stream; what was kept is sent, the last event among it."""
        self._heartbeat.stop()
        if not exchange_of(self.request).client_gone:  # a request without a client has no channel any more
            self.request.unregisterProducer()  # first, so that nothing pauses what is sent now
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
        """See ``IPushProducer``: the client went away, which cancels the chain."""

    def _beat(self) -> None:
        if not self._paused:
            self.request.write(b":\n\n")
