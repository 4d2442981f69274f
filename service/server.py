"""Listen, say so, and stop in good order: nothing that is in flight is lost without an answer."""

from operator import methodcaller
from typing import Any

from attrs import define, field
from twisted.internet.defer import Deferred, maybeDeferred
from twisted.internet.interfaces import IListeningPort, IReactorTime, IStreamServerEndpoint
from twisted.internet.task import deferLater
from twisted.logger import Logger
from twisted.protocols.policies import ProtocolWrapper, WrappingFactory
from twisted.web.http import Request
from twisted.web.resource import IResource
from twisted.web.server import Site

from service.web.exchanges import Exchanges

_log = Logger()

#: Seconds for the last bytes to leave once every answer is written.
FLUSH = 1.0


class QuietSite(Site):
    """A site that leaves the access log to the exchanges, which know more."""

    noisy = False

    def log(self, request: Request) -> None:
        """See ``HTTPFactory``."""


class Connections(WrappingFactory[ProtocolWrapper]):
    """The connections of a factory, which can be closed and waited for."""

    noisy = False
    _all_closed: Deferred[None] | None = None

    def close(self) -> Deferred[None]:
        """Close every connection once what was written to it has left.

        :return: a Deferred that fires with None when all are closed; cancelling it aborts them.
        """
        d: Deferred[None] = Deferred(self._abort)
        self._all_closed = d
        self._for_each(methodcaller("loseConnection"))
        self._tell()
        return d

    def unregisterProtocol(self, p: ProtocolWrapper) -> None:
        """See ``WrappingFactory``."""
        super().unregisterProtocol(p)
        self._tell()

    def _abort(self, _: Deferred[None]) -> None:
        self._all_closed = None
        self._for_each(methodcaller("abortConnection"))

    def _for_each(self, end: Any) -> None:
        for connection in list(self.protocols):
            end(connection)

    def _tell(self) -> None:
        if self._all_closed is not None and not self.protocols:
            waiter, self._all_closed = self._all_closed, None
            waiter.callback(None)


@define
class Server:
    """A site that listens at an ``endpoint``; ``linger`` and ``grace`` are in seconds."""

    endpoint: IStreamServerEndpoint
    exchanges: Exchanges
    clock: IReactorTime
    linger: float
    grace: float
    connections: Connections
    _port: IListeningPort | None = field(default=None, init=False)

    @classmethod
    def of(cls, resource: IResource, **members: Any) -> "Server":
        """Make the server of a resource."""
        return cls(connections=Connections(QuietSite(resource)), **members)

    async def start(self) -> IListeningPort:
        """Listen.

        :return: the port.
        :raise twisted.internet.error.CannotListenError: if the endpoint is taken or not ours to take.
        """
        self._port = await self.endpoint.listen(self.connections)
        return self._port

    async def stop(self) -> None:
        """Stop in good order.

        Answer 503 at ``/readyz`` for ``linger`` seconds, then accept no more; give what is in flight ``grace``
        seconds, then cancel it, which answers it; then close the connections.
        """
        _log.info("draining: {count} in flight", count=len(self.exchanges))
        self.exchanges.draining = True
        await deferLater(self.clock, self.linger)
        if self._port is not None:
            await maybeDeferred(self._port.stopListening)
        await self._within(self.grace, self.exchanges.when_idle())
        self.exchanges.cancel_all()
        await self._within(FLUSH, self.connections.close())
        _log.info("stopped")

    def _within(self, seconds: float, d: Deferred[None]) -> Deferred[None]:
        return d.addTimeout(seconds, self.clock, lambda _, __: None)
