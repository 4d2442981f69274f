"""All connections of a server: made, counted, swept for deadlines, and closed gracefully."""

import time
from collections.abc import Callable, Mapping
from functools import partial
from math import inf
from typing import Any

from attrs import define, field
from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IProtocolNegotiationFactory, IReactorTime
from twisted.internet.protocol import Factory
from twisted.internet.task import LoopingCall
from twisted.logger import Logger
from twisted.web.http import datetimeToString
from zope.interface import implementer

from service.wire.channel import HTTPChannel
from service.wire.errors import ProtocolError
from service.wire.limits import Limits
from service.wire.request import WireRequest
from service.wire.response import Response
from service.wire.states import STATES, State
from service.wire.tls import PROTOCOLS

_log = Logger()

#: Seconds between two sweeps for deadlines that have passed.
SWEEP_INTERVAL = 0.5
#: Connections beyond the limit, and the seconds that each of their states may last.
RESERVE, RESERVE_DEADLINE = 4, 1.0
#: Connections that are swept before the reactor gets a turn.
SWEEP_BATCH = 100


@implementer(IProtocolNegotiationFactory)
@define(eq=False, kw_only=True, slots=False)
class HTTPFactory(Factory[HTTPChannel]):
    """A factory of HTTP connections.

    ``handle`` responds to a request. ``refuse`` takes an error, the response to it, and the target and header lines of
    the request as far as they have arrived; it sets the headers of the response, and returns its body. ``headers`` are
    those that every response has by default.

    At the limit on connections a new one takes the place of the one that has been idle for longest; if none is idle,
    it is one of the reserve. Once that is used up, accepting pauses at ``port``.
    """

    clock: IReactorTime
    handle: Callable[[WireRequest], object]
    refuse: Callable[[ProtocolError, Response, bytes, bytes], bytes]
    headers: Mapping[bytes, bytes] = field(factory=dict)
    limits: Limits = field(factory=Limits)
    wall_clock: Callable[[], float] = time.time
    port: Any = None
    connections: set[HTTPChannel] = field(factory=set, init=False)
    #: Those of ``connections`` that wait for another request, the one that has waited for longest first.
    idle: dict[HTTPChannel, None] = field(factory=dict, init=False)
    default_lines: dict[bytes, bytes] = field(init=False)
    seconds_in: dict[State, float] = field(init=False)
    reserve_seconds_in: dict[State, float] = field(init=False)
    _reserve: set[HTTPChannel] = field(factory=set, init=False)
    _sweeping: LoopingCall = field(init=False)
    _second: int = field(default=0, init=False)
    _date: bytes = field(default=b"", init=False)
    _paused: bool = field(default=False, init=False)
    _waiters: list[Deferred[None]] = field(factory=list, init=False)

    noisy = False
    protocol = HTTPChannel

    def __attrs_post_init__(self) -> None:
        self.default_lines = {name.lower(): name + b": " + value for name, value in self.headers.items()}
        seconds = {state: getattr(self.limits, state.limit) if state.limit else inf for state in STATES}
        self.seconds_in = seconds
        short = {state: min(limit, RESERVE_DEADLINE) for state, limit in seconds.items() if limit < inf}
        self.reserve_seconds_in = seconds | short
        self._sweeping = LoopingCall(self._sweep)
        self._sweeping.clock = self.clock

    def acceptableProtocols(self) -> list[bytes]:
        return list(PROTOCOLS)

    def opened(self, connection: HTTPChannel) -> bool:
        """Count a connection, and return whether it is one of the reserve."""
        reserve = self._is_full and not self.idle
        if reserve:
            self._reserve.add(connection)
        elif self._is_full:
            next(iter(self.idle)).give_way()
        self.connections.add(connection)
        if not self._sweeping.running:
            sweeping = self._sweeping.start(SWEEP_INTERVAL, now=False)
            sweeping.addErrback(partial(_log.failure, "the connection watchdog stopped"))
        if len(self._reserve) >= RESERVE and self.port is not None and not self._paused:
            self._paused = True
            self.port.stopReading()
        return reserve

    def closed(self, connection: HTTPChannel) -> None:
        """Stop counting a connection, and accept again."""
        self.connections.discard(connection)
        self._reserve.discard(connection)
        if not self.connections:
            self._sweeping.stop()
        if self._paused:
            self._accept_again()
        self._tell()

    def now_idle(self, connection: HTTPChannel) -> None:
        """Take note that a connection waits for another request."""
        self.idle[connection] = None
        if self._paused:
            self._accept_again()

    def date(self) -> bytes:
        """Return the current time as HTTP writes it (RFC 9110, section 5.6.7)."""
        now = int(self.wall_clock())
        if now != self._second:
            self._second, self._date = now, datetimeToString(now)
        return self._date

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

    @property
    def _is_full(self) -> bool:
        return len(self.connections) - len(self._reserve) >= self.limits.connections

    def _accept_again(self) -> None:
        if self.idle or not self._is_full or len(self._reserve) < RESERVE:
            self._paused = False
            self.port.startReading()

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
