"""The server: listening, draining, and graceful shutdown."""

from collections.abc import Collection

from attrs import define, field, frozen
from twisted.internet.defer import Deferred, DeferredList, maybeDeferred
from twisted.internet.interfaces import IListeningPort, IReactorTime, IStreamServerEndpoint
from twisted.internet.task import deferLater
from twisted.logger import Logger

from service.chains.health import Health
from service.command.ports import tune_port
from service.interfaces import IBackend
from service.stalls import StallDetector
from service.web.exchanges import InFlight
from service.wire.factory import HTTPFactory

_log = Logger()

#: Seconds for the last bytes to be sent once every response is written.
FLUSH = 1.0


@frozen
class Listener:
    """An ``endpoint``, and the ``connections`` that it accepts."""

    endpoint: IStreamServerEndpoint
    connections: HTTPFactory


@define
class Server:
    """An HTTP server on an ``endpoint``; ``linger`` and ``grace`` are in seconds.

    ``health`` knows the backends that are asked at the start. ``admin`` is a second endpoint, which is the last to be
    closed. ``stalls`` watches the reactor, once it is started; it is stopped with the server.
    """

    endpoint: IStreamServerEndpoint
    in_flight: InFlight
    clock: IReactorTime
    linger: float
    grace: float
    connections: HTTPFactory
    health: Health
    backends: Collection[IBackend] = ()
    stalls: StallDetector | None = None
    admin: Listener | None = None
    _port: IListeningPort | None = field(default=None, init=False)
    _admin_port: IListeningPort | None = field(default=None, init=False)

    async def start(self) -> IListeningPort:
        """Start listening, and log which backends are down already.

        :return: the port.
        :raise twisted.internet.error.CannotListenError: if the address is in use or not permitted.
        """
        self._port = self.connections.port = await self.endpoint.listen(self.connections)
        tune_port(self._port)
        self.health.check()
        return self._port

    async def start_admin(self) -> IListeningPort | None:
        """Start listening at the admin endpoint.

        :return: the port, None without such an endpoint.
        :raise twisted.internet.error.CannotListenError: as ``start`` does.
        """
        if self.admin is not None:
            self._admin_port = self.admin.connections.port = await self.admin.endpoint.listen(self.admin.connections)
        return self._admin_port

    async def stop(self) -> None:
        """Shut down gracefully.

        Return 503 from ``/readyz`` for ``linger`` seconds. Then stop accepting, close idle connections and end streams.
        Requests in flight get ``grace`` seconds; the rest are cancelled, and so get a 503. Finally, abort connections
        that do not close, and close the backends.
        """
        _log.info("draining: {count} in flight", count=len(self.in_flight))
        self.in_flight.draining = True
        await deferLater(self.clock, self.linger)
        if self._port is not None:
            await maybeDeferred(self._port.stopListening)
        self.connections.close()
        self.in_flight.cancel_streams()
        await self._within(self.grace, self.connections.when_closed())
        self.in_flight.cancel_all()
        self.connections.abandon_partial()
        await self._within(FLUSH, self.connections.when_closed())
        self.connections.abort()
        await DeferredList([backend.close() for backend in self.backends])
        if self._admin_port is not None and self.admin is not None:
            await maybeDeferred(self._admin_port.stopListening)
            self.admin.connections.abort()
        if self.stalls is not None:
            self.stalls.stop()
        _log.info("stopped")

    def _within(self, seconds: float, d: Deferred[None]) -> Deferred[None]:
        return d.addTimeout(seconds, self.clock, lambda _, __: None)
