"""All connections of a server: made, counted, swept for deadlines, and closed gracefully."""

import time
from collections.abc import Callable
from functools import partial
from math import inf
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
from service.wire.request import WireRequest
from service.wire.response import Response
from service.wire.states import RULES, State

_log = Logger()

#: Seconds between two sweeps for deadlines that have passed.
SWEEP_INTERVAL = 0.5
#: Connections that are swept before the reactor gets a turn.
SWEEP_BATCH = 100


@define(eq=False, kw_only=True, slots=False)
class HTTPFactory(Factory[HTTPChannel]):
    """A factory of HTTP connections; at the limit on connections, accepting pauses at ``port``.

    ``handle`` responds to a request. ``refuse`` sets the headers of a refusal, and returns its body.
    """

    clock: IReactorTime
    handle: Callable[[WireRequest], object]
    refuse: Callable[[ProtocolError, Response], bytes]
    limits: Limits = field(factory=Limits)
    wall_clock: Callable[[], float] = time.time
    port: Any = None
    connections: set[HTTPChannel] = field(factory=set, init=False)
    seconds_in: dict[State, float] = field(init=False)
    _sweeping: LoopingCall = field(init=False)
    _date: tuple[int, bytes] = field(default=(0, b""), init=False)
    _paused: bool = field(default=False, init=False)
    _waiters: list[Deferred[None]] = field(factory=list, init=False)

    noisy = False
    protocol = HTTPChannel

    def __attrs_post_init__(self) -> None:
        seconds = {state: getattr(self.limits, rule.limit) if rule.limit else inf for state, rule in RULES.items()}
        self.seconds_in = seconds
        self._sweeping = LoopingCall(self._sweep)
        self._sweeping.clock = self.clock

    def opened(self, connection: HTTPChannel) -> None:
        """Count a connection; at the limit, stop accepting more."""
        self.connections.add(connection)
        if not self._sweeping.running:
            sweeping = self._sweeping.start(SWEEP_INTERVAL, now=False)
            sweeping.addErrback(partial(_log.failure, "the connection watchdog stopped"))
        if len(self.connections) >= self.limits.connections and self.port is not None and not self._paused:
            self._paused = True
            self.port.stopReading()

    def closed(self, connection: HTTPChannel) -> None:
        """Stop counting a connection, and accept again."""
        self.connections.discard(connection)
        if not self.connections:
            self._sweeping.stop()
        if self._paused and len(self.connections) < self.limits.connections:
            self._paused = False
            self.port.startReading()
        self._tell()

    def date(self) -> bytes:
        """Return the current time as HTTP writes it (RFC 9110, section 5.6.7)."""
        now = int(self.wall_clock())
        if now != self._date[0]:
            self._date = (now, datetimeToString(now))
        return self._date[1]

    def close(self) -> None:
        """Close every idle connection, and the others after their response."""
        self._paused = False  # the port is closed
        for connection in list(self.connections):
            connection.close()

    def abandon_partial(self) -> None:
        """Refuse every request that has only partly arrived."""
        for connection in list(self.connections):
            connection.abandon_partial()

    def abort(self) -> None:
        """Close every connection immediately."""
        for connection in list(self.connections):
            connection.abort()

    def when_closed(self) -> Deferred[None]:
        """Wait until every connection is closed.

        :return: a Deferred that fires with None; it can be cancelled.
        """
        d: Deferred[None] = Deferred(self._waiters.remove)
        self._waiters.append(d)
        self._tell()
        return d

    def _sweep(self) -> None:
        self._sweep_batch(list(self.connections))

    def _sweep_batch(self, connections: list[HTTPChannel]) -> None:
        """Sweep some connections, and the others after a turn of the reactor."""
        now = self.clock.seconds()
        for connection in self.connections.intersection(connections[:SWEEP_BATCH]):
            try:
                connection.sweep(now)
            except Exception:  # noqa: BLE001  the others are swept all the same
                _log.failure("a connection is closed because of a bug")
                connection.abort()
        if len(connections) > SWEEP_BATCH:
            self.clock.callLater(0, self._sweep_batch, connections[SWEEP_BATCH:])

    def _tell(self) -> None:
        if not self.connections:
            waiters, self._waiters = self._waiters, []
            for waiter in waiters:
                waiter.callback(None)
