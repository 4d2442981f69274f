"""Server endpoints: from a Twisted endpoint string, or on a listening socket inherited from another process."""

import os
import socket
from typing import Any

from attrs import frozen
from twisted.internet.endpoints import serverFromString
from twisted.internet.interfaces import IListeningPort, IStreamServerEndpoint
from twisted.protocols.tls import TLSMemoryBIOFactory

from service.errors import BadSetting


def make_endpoint(description: str, reactor: Any) -> IStreamServerEndpoint:
    """Parse a Twisted endpoint string.

    :raise BadSetting: if it is invalid.
    """
    try:
        endpoint: IStreamServerEndpoint = serverFromString(reactor, description)
    except (ValueError, TypeError, LookupError, OSError) as error:
        raise BadSetting(
            "--listen", description, "a Twisted endpoint string such as tcp:8080:interface=127.0.0.1"
        ) from error
    return endpoint


@frozen
class Inheriting:
    """A reactor for endpoints that listens on an inherited socket, whatever address the endpoint names."""

    reactor: Any
    descriptor: int

    def listenTCP(self, _port: int, factory: Any, *_: Any, **__: Any) -> IListeningPort:
        """See ``IReactorTCP``."""
        with socket.socket(fileno=self.descriptor) as inherited:
            family = inherited.family
            inherited.detach()
        port: IListeningPort = self.reactor.adoptStreamPort(self.descriptor, family, factory)
        os.close(self.descriptor)  # the port has a duplicate, and the socket must close when the port does
        return port

    def listenSSL(self, port: int, factory: Any, contextFactory: Any, *_: Any, **__: Any) -> IListeningPort:
        """See ``IReactorSSL``."""
        return self.listenTCP(port, TLSMemoryBIOFactory(contextFactory, False, factory))
