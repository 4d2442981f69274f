"""A port whose connections are the event loop's own, and not the reactor's."""

from typing import Any

from twisted.internet import unix
from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IAddress, IListeningPort
from twisted.logger import Logger
from zope.interface import implementer

from service.native.addresses import as_address
from service.native.tcp import NativeTCPTransport
from service.native.transport import NativeTransport

_log = Logger()

#: Seconds to wait when the system has no more descriptors.
RETRY = 1.0


@implementer(IListeningPort)
class NativePort:
    """A port of the reactor's whose connections are the loop's."""

    def __init__(self, port: Any, loop: Any) -> None:
        self._port = port
        self._loop = loop
        self._accepts = False
        self._stopped = False
        self._transport = NativeTransport if isinstance(port, unix.Port) else NativeTCPTransport
        port.stopReading()
        self.startReading()

    def startReading(self) -> None:
        """Accept connections."""
        self._accepts = not self._stopped
        self._watch()

    def stopReading(self) -> None:
        """Leave connections that come to wait."""
        self._accepts = False
        if not self._stopped:
            self._loop.remove_reader(self._port.socket)

    def startListening(self) -> None:
        """See ``IListeningPort``: it does."""

    def stopListening(self) -> Any:
        """See ``IListeningPort``."""
        self.stopReading()
        self._stopped = True
        return self._port.stopListening()

    def getHost(self) -> IAddress:
        """See ``IListeningPort``."""
        host: IAddress = self._port.getHost()
        return host

    def _watch(self) -> None:
        if self._accepts:
            self._loop.add_reader(self._port.socket, self._accept)

    def _build(self, name: Any) -> Any:
        try:
            return self._port.factory.buildProtocol(as_address(name))
        except Exception:  # noqa: BLE001  as a reactor does
            _log.failure("a connection is refused because of a bug")
            return None

    def _accept(self) -> None:
        # One at a time: where processes share a socket, each gets its share.
        try:
            connection, name = self._port.socket.accept()
        except (BlockingIOError, ConnectionAbortedError):
            return
        except OSError as error:
            _log.warn("cannot accept: {error}", error=error)
            self._loop.remove_reader(self._port.socket)
            self._loop.call_later(RETRY, self._watch)
            return
        connection.setblocking(False)
        protocol = self._build(name)
        if protocol is None:
            connection.close()
            return
        transport = self._transport(protocol, self._loop)
        made = self._loop.create_task(self._loop.connect_accepted_socket(lambda: transport, connection))
        d = Deferred.fromFuture(made)
        d.addErrback(lambda failure: _log.failure("a connection was accepted, and lost at once", failure))
