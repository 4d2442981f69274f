"""Faults of the connection, for requests whose username or URL asks for one: ``dustin~reset``, ``dustin~drip=100``.

Each replaces the connection that a response is sent on, so that all of the service runs as usual, and only what arrives
at the client is wrong.
"""

from collections.abc import Iterator
from typing import Any

from attrs import define, field
from twisted.internet.interfaces import IAddress, IDelayedCall, IReactorTime
from twisted.python.failure import Failure

from fakes.calls import Calls
from fakes.faults import FAULTLESS, Faults, add_faults, split_name
from fakes.pages import page_at

#: Where names with faults are in a query.
_PARAMETERS = (b"username", b"url")
_END_OF_HEAD, _INTERIM = b"\r\n\r\n", b"HTTP/1.1 1"
#: Headers that stay in the response that a proxy makes of its own, so that pages of other origins may read it.
_KEPT = (b"date:", b"connection:", b"vary:", b"access-control-")
_PAGE = b"""<html>\r
<head><title>502 Bad Gateway</title></head>\r
<body>\r
<h1>Bad Gateway</h1>\r
<p>The proxy server received an invalid response from an upstream server.</p>\r
</body>\r
</html>\r
"""
#: As numbers: to look for bytes in bytes takes longer.
_TILDE, _PERCENT = b"~%"
#: Turns of the reactor in which it sends what was written before a reset.
_TURNS = 3
#: Pieces a second, at most, in which ``~drip`` sends.
_PIECES = 10


@define
class FaultyConnections:
    """Gives each request a connection that has the faults it asks for."""

    clock: IReactorTime
    calls: Calls = field(factory=Calls, init=False)

    def prepare(self, request: Any) -> None:
        """Replace the connection of a request, if it asks for a fault."""
        uri = request.uri
        if _TILDE in uri or _PERCENT in uri:  # else it does not, as nearly all
            faults = self._faults_of(request)
            if faults.of_connection:
                request.connection = FaultyConnection(request.connection, faults, self.clock)

    def _faults_of(self, request: Any) -> Faults:
        faults, client = FAULTLESS, str(getattr(request.getClientAddress(), "host", ""))
        for asked in names_in(request):
            try:
                _, more = split_name(asked)
            except ValueError:
                continue  # which the backend complains of
            faults = add_faults(faults, self.calls.faults_now(more, asked, client))
        return faults


def names_in(request: Any) -> Iterator[str]:
    """Yield the names that a request asks for: of URLs, those of known pages, because others may have a tilde."""
    for parameter in _PARAMETERS:
        for value in request.args.get(parameter, ()):
            name = value.decode(errors="replace")
            if parameter == b"username" or page_at(name.partition("~")[0]) is not None:
                yield name


class FaultyConnection:
    """What a response sees of its connection: it is held back until it is whole, and then sent with the faults."""

    def __init__(self, connection: Any, faults: Faults, clock: IReactorTime) -> None:
        self.transport = connection.transport
        self.default_lines = connection.default_lines
        self.date = connection.date
        self.set_producer = connection.set_producer
        self._connection = connection
        self._faults = faults
        self._clock = clock
        self._held = b""
        self._timer: IDelayedCall | None = None

    @property
    def peer(self) -> IAddress:
        """The address at the other end."""
        peer: IAddress = self._connection.peer
        return peer

    def send(self, data: bytes) -> None:
        """Keep what is to be sent, but for interim responses: by them it is found out whether the client is there."""
        if data.startswith(_INTERIM):
            self._connection.send(data)
        else:
            self._held += data

    def done(self, response: Any) -> None:
        """Send the response."""
        response.ended = self._stop  # it has told that it has ended: this is about what is left to be sent
        head, _, body = self._held.partition(_END_OF_HEAD)
        if self._faults.html:
            head, body = as_bad_gateway(head), b"" if response.no_body else _PAGE
        if self._faults.reset:
            body = b""
        elif self._faults.truncated:
            body = body[: len(body) // 2]
            response.keep_alive = False
        self._connection.send(head + _END_OF_HEAD)
        self._send(body, response)

    def _send(self, body: bytes, response: Any) -> None:
        self._timer = None
        rate = self._faults.drip
        size = max(1, rate // _PIECES) if rate else len(body)
        self._connection.send(body[:size])
        if body[size:]:
            self._timer = self._clock.callLater(size / rate, self._send, body[size:], response)
        elif self._faults.reset:
            self._reset(_TURNS)
        else:
            self._connection.done(response)

    def _reset(self, turns: int) -> None:
        if turns:
            self._timer = self._clock.callLater(0, self._reset, turns - 1)
        else:
            self._timer = None
            self.transport.abortConnection()

    def _stop(self, _: Failure | None) -> None:
        if self._timer is not None:
            self._timer.cancel()


def as_bad_gateway(head: bytes) -> bytes:
    """Return the head of the response of a proxy, in place of that of the service."""
    kept = [line for line in head.split(b"\r\n")[1:] if line.lower().startswith(_KEPT)]
    own = [b"Content-Type: text/html", b"Content-Length: %d" % len(_PAGE)]
    return b"\r\n".join([b"HTTP/1.1 502 Bad Gateway", *kept, *own])
