"""An in-memory transport that can be full, half-closed and aborted, and a producer that records its calls."""

from twisted.internet.address import IPv4Address
from twisted.internet.interfaces import IHalfCloseableProtocol, IPushProducer
from twisted.internet.testing import StringTransportWithDisconnection
from zope.interface import implementer


class Transport(StringTransportWithDisconnection):
    """A transport that keeps what is written; while ``full``, each write pauses the producer, as on a real one."""

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
        """See ``ITCPTransport``: written data is flushed immediately, unless the client is ``slow``."""
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
    """A producer that records its calls."""

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
