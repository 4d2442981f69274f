"""A transport in memory that can be full, half closed, and aborted; and a producer for any transport."""

from twisted.internet.address import IPv4Address
from twisted.internet.interfaces import IHalfCloseableProtocol, IPushProducer
from twisted.internet.testing import StringTransportWithDisconnection
from zope.interface import implementer


class Transport(StringTransportWithDisconnection):
    """Keeps what is written to it; while it is ``full`` it asks for no more each time, as a real one does."""

    full = False
    slow = False
    aborted = False
    write_closed = False

    def __init__(self) -> None:
        super().__init__(
            hostAddress=IPv4Address("TCP", "127.0.0.1", 80), peerAddress=IPv4Address("TCP", "127.0.0.1", 49152)
        )

    def write(self, data: bytes) -> None:
        """See ``ITransport``."""
        super().write(data)
        if self.full and self.producer is not None:
            self.producer.pauseProducing()

    def loseWriteConnection(self) -> None:
        """See ``ITCPTransport``: what was written is out at once, unless the client is ``slow``."""
        self.write_closed = True
        if not self.slow:
            IHalfCloseableProtocol(self.protocol).writeConnectionLost()

    def abortConnection(self) -> None:
        """See ``ITCPTransport``."""
        self.aborted = True
        if self.connected:
            self.loseConnection()


@implementer(IPushProducer)
class Producer:
    """Notes what it is told."""

    def __init__(self) -> None:
        self.told: list[str] = []

    def pauseProducing(self) -> None:
        """See ``IPushProducer``."""
        self.told.append("pause")

    def resumeProducing(self) -> None:
        """See ``IPushProducer``."""
        self.told.append("resume")

    def stopProducing(self) -> None:
        """See ``IPushProducer``."""
        self.told.append("stop")
