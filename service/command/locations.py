"""Where an endpoint string listens, and what it speaks there."""

from typing import Any

from attrs import define
from twisted.internet.endpoints import serverFromString
from twisted.internet.protocol import Factory
from twisted.protocols.policies import WrappingFactory
from twisted.protocols.tls import TLSMemoryBIOFactory
from twisted.python.failure import Failure


@define
class Location:
    """Where an endpoint listens: an address and port, or the path of a Unix socket; and what it speaks there.

    It is a reactor to the endpoint, which does not listen but takes note.
    """

    host: str = ""
    port: int = 0
    path: str | None = None
    has_tls: bool = False
    is_proxied: bool = False

    def listenTCP(self, port: int, factory: Any, *_: Any, interface: str = "", **__: Any) -> None:
        """See ``IReactorTCP``."""
        self.host, self.port = interface, port
        self._look_at(factory)

    def listenSSL(self, port: int, factory: Any, contextFactory: Any, *_: Any, interface: str = "", **__: Any) -> None:
        """See ``IReactorSSL``; key and certificate must match."""
        contextFactory.getContext()
        self.has_tls = True
        self.listenTCP(port, factory, interface=interface)

    def listenUNIX(self, address: str, factory: Any, *_: Any, **__: Any) -> None:
        """See ``IReactorUNIX``."""
        self.path = address
        self._look_at(factory)

    def _look_at(self, factory: Any) -> None:
        while isinstance(factory, WrappingFactory):
            if isinstance(factory, TLSMemoryBIOFactory):
                self.has_tls = True
            else:
                self.is_proxied = True
            factory = factory.wrappedFactory


def locate(description: str) -> Location:
    """Return where an endpoint string listens; the port is 0 for another kind of endpoint.

    :raise Exception: as Twisted does, if the string is invalid, or its key cannot be used.
    """
    location = Location()
    failures: list[Failure] = []
    serverFromString(location, description).listen(Factory()).addErrback(failures.append)
    for failure in failures:
        failure.raiseException()
    return location
