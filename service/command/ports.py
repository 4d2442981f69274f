"""Listening ports tuned for an HTTP server: one accept per reactor turn, and immediate writes."""

from typing import Any

from twisted.internet import tcp, unix


class EagerServer(tcp.Server):
    """A server transport that writes to the socket immediately if nothing is buffered.

    Twisted's own transport waits until the reactor reports the socket writable, which costs two system calls and a
    reactor turn per response. Errors, and data that the socket does not accept immediately, go the usual way.
    """

    _buffering = False

    def write(self, data: bytes) -> None:
        if self.connected and not self._buffering and not self.TLS:
            try:
                sent = self.socket.send(data)
            except OSError:  # as the usual way will find out
                sent = 0
            if sent == len(data):
                return
            data = data[sent:]
        super().write(data)

    def startWriting(self) -> None:
        """See ``FileDescriptor``: called when data is buffered, or when the connection is to be closed."""
        self._buffering = True
        super().startWriting()

    def stopWriting(self) -> None:
        """See ``FileDescriptor``: called when the buffer is empty."""
        self._buffering = False
        super().stopWriting()


class EagerUNIXServer(EagerServer, unix.Server):
    """An ``EagerServer`` on a Unix domain socket."""


def tune_port(port: Any) -> None:
    """Make a socket port accept one connection per reactor turn and write eagerly; leave other ports as they are."""
    if not isinstance(port, tcp.Port):
        return
    port.transport = EagerUNIXServer if isinstance(port, unix.Port) else EagerServer
    accept_many = port.doRead

    def accept_one() -> None:
        # Up to a hundred would exceed the connection limit, and its share of a socket that processes have in common.
        port.numberAccepts = 1
        accept_many()

    port.doRead = accept_one  # type: ignore[method-assign]  # it is looked up on the port each time
