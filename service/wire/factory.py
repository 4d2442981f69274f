"""All connections of a server: made, counted, looked after, and closed in good order."""

import time
from collections.abc import Callable
from functools import partial
from typing import Any

from attrs import define, field
from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IReactorTime
from twisted.internet.protocol import Factory
from twisted.internet.task import LoopingCall
from twisted.logger import Logger
from twisted.web.http import datetimeToString

from service.wire.channel import HTTPChannel
from service.wire.errors import ProtocolError
from service.wire.limits import Limits
from service.wire.reader import Stage
from service.wire.request import WireRequest
from service.wire.response import Response

_log = Logger()

#: Seconds between two looks at the deadlines of all connections.
LOOK = 0.5
#: Connections that are looked at before others get a turn.
TURN = 100


@define(eq=False, kw_only=True, slots=False)
class HTTPFactory(Factory[HTTPChannel]):
    """Makes the connections of a server.

    ``handle`` responds to a request; ``refuse`` sets the headers of the response to a client that violates the
    protocol, whose status is set already, and returns its body.

    ``port`` is where it listens, as far as it is known: accepting pauses there while there are enough connections.
    """

    clock: IReactorTime
    handle: Callable[[WireRequest], object]
    refuse: Callable[[ProtocolError, Response], bytes]
    limits: Limits = field(factory=Limits)
    wall_clock: Callable[[], float] = time.time
    port: Any = None
    connections: set[HTTPChannel] = field(factory=set, init=False)
    seconds_for: dict[Stage, float] = field(init=False)
    _looks: LoopingCall = field(init=False)
    _date: tuple[int, bytes] = field(default=(0, b""), init=False)
    _paused: bool = field(default=False, init=False)
    _waiters: list[Deferred[None]] = field(factory=list, init=False)

    noisy = False
    protocol = HTTPChannel

    def __attrs_post_init__(self) -> None:
        self.seconds_for = {
            Stage.IDLE: self.limits.idle_deadline,
            Stage.HEAD: self.limits.head_deadline,
            Stage.BODY: self.limits.body_deadline,
        }
        self._looks = LoopingCall(self._look)
        self._looks.clock = self.clock

    def opened(self, connection: HTTPChannel) -> None:
        """Take note of a connection."""
        self.connections.add(connection)
        if not self._looks.running:
            looks = self._looks.start(LOOK, now=False)
            looks.addErrback(partial(_log.failure, "nobody looks after the connections any more"))
        if len(self.connections) >= self.limits.connections and self.port is not None and not self._paused:
            self._paused = True
            self.port.stopReading()

    def closed(self, connection: HTTPChannel) -> None:
        """Take note that a connection is no more."""
        self.connections.discard(connection)
        if not self.connections:
            self._looks.stop()
        if self._paused and len(self.connections) < self.limits.connections:
            self._paused = False
            self.port.startReading()
        self._tell()

    def date(self) -> bytes:
        """Tell the time as HTTP writes it (RFC 9110, section 5.6.7)."""
        now = int(self.wall_clock())
        if now != self._date[0]:
            self._date = (now, datetimeToString(now))
        return self._date[1]

    def close(self) -> None:
        """Close every connection that is idle, and the others as soon as they have their answer."""
        self._paused = False  # nobody accepts any more
        for connection in list(self.connections):
            connection.close()

    def give_up(self) -> None:
        """Refuse every request of which the rest has not come."""
        for connection in list(self.connections):
            connection.give_up()

    def abort(self) -> None:
        """Close every connection at once."""
        for connection in list(self.connections):
            connection.abort()

    def when_closed(self) -> Deferred[None]:
        """Wait until there are no connections.

        :return: a Deferred that fires with None then; it can be cancelled.
        """
        d: Deferred[None] = Deferred(self._waiters.remove)
        self._waiters.append(d)
        self._tell()
        return d

    def _look(self) -> None:
        self._look_at(list(self.connections))

    def _look_at(self, connections: list[HTTPChannel]) -> None:
        """Look at some connections, and at the others when the rest of the world has had its turn."""
        now = self.clock.seconds()
        for connection in self.connections.intersection(connections[:TURN]):
            try:
                connection.look(now)
            except Exception:  # noqa: BLE001  the others want to be looked after all the same
                _log.failure("a connection is closed because of a bug")
                connection.abort()
        if len(connections) > TURN:
            self.clock.callLater(0, self._look_at, connections[TURN:])

    def _tell(self) -> None:
        if not self.connections:
            waiters, self._waiters = self._waiters, []
            for waiter in waiters:
                waiter.callback(None)
