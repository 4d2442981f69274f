"""What a listening port does differently for an HTTP server: it accepts one at a time, and writes at once."""

from typing import Any

from twisted.internet import tcp, unix


class EagerServer(tcp.Server):
    """A server transport that sends at once if nothing is buffered.

    Twisted's own waits for the reactor to say that the socket can be written to, which costs two system calls and a
    turn of the reactor for each response. Whatever a socket does not take at once goes the usual way, errors too.
    """

    _buffering = False

    def write(self, data: bytes) -> None:
        """See ``ITransport``."""
        if self.connected and not self._buffering and not self.TLS:
            sent = self.writeSomeData(data)
            if sent == len(data):
                return
            if isinstance(sent, int):
                data = data[sent:]
        super().write(data)

    def startWriting(self) -> None:
        """See ``FileDescriptor``: there is something in the buffer, or the connection is to be closed."""
        self._buffering = True
        super().startWriting()

    def stopWriting(self) -> None:
        """See ``FileDescriptor``: the buffer is empty."""
        self._buffering = False
        super().stopWriting()


class EagerUNIXServer(EagerServer, unix.Server):
    """The same over a socket of the file system."""


def tune_port(port: Any) -> None:
    """Make a port accept one connection a turn of the reactor, and write eagerly; leave other ports as they are.

    A port accepts up to a hundred at once, past the limit on connections, and more than its share where several
    processes accept from one socket.
    """
    if not isinstance(port, tcp.Port):
        return
    port.transport = EagerUNIXServer if isinstance(port, unix.Port) else EagerServer
    accept_many = port.doRead

    def accept_one() -> None:
        port.numberAccepts = 1  # Twisted raises it after each full batch
        accept_many()

    port.doRead = accept_one  # type: ignore[method-assign]  # it is looked up on the port each time
