"""A small application that listens on real sockets."""

from collections.abc import Callable
from typing import Any

from attrs import define, field
from twisted.internet.defer import Deferred, maybeDeferred
from twisted.internet.endpoints import TCP4ClientEndpoint, connectProtocol, serverFromString

from service.wire.factory import HTTPFactory
from service.wire.limits import Limits
from tests.client import Client, until
from tests.wire.wires import Application, refuse


@define
class Serving:
    """A small application that listens, and its clients."""

    reactor: Any
    application: Application = field(factory=Application)
    port: Any = None
    clients: list[Client] = field(factory=list)

    async def listen(self, description: str = "tcp:0:interface=127.0.0.1", **limits: Any) -> None:
        """Listen on an endpoint."""
        factory = HTTPFactory(
            clock=self.reactor,
            handle=self.application.handle,
            refuse=refuse,
            limits=Limits(**limits),
        )
        self.port = factory.port = await serverFromString(self.reactor, description).listen(factory)

    async def connect(self, endpoint: Any = None) -> Client:
        """Connect to an endpoint, by default to the port."""
        endpoint = endpoint or TCP4ClientEndpoint(self.reactor, "127.0.0.1", self.port.getHost().port)
        client: Client = await connectProtocol(endpoint, Client())
        self.clients.append(client)
        return client

    def until(self, condition: Callable[[], Any]) -> Deferred[None]:
        """Let the reactor run until the condition holds."""
        return Deferred.fromCoroutine(until(self.reactor, condition))

    async def close(self) -> None:
        """Close the port and all clients."""
        await maybeDeferred(self.port.stopListening)
        for client in self.clients:
            if not client.closed.called:
                transport: Any = client.transport
                transport.abortConnection()
                await client.closed
