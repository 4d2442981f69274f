"""A transport as Twisted has it, on one of the event loop's own: asyncio's, or uvloop's."""

from typing import Any

from twisted.internet.error import ConnectionAborted, ConnectionDone, ConnectionLost
from twisted.internet.interfaces import (
    IConsumer,
    IHalfCloseableProtocol,
    IPushProducer,
    ITransport,
)
from twisted.logger import Logger
from twisted.python.failure import Failure
from zope.interface import implementer

from service.native.addresses import as_address

_log = Logger()

#: Seconds between two looks whether all is written.
LOOK = 0.05


@implementer(ITransport, IConsumer, IPushProducer)
class NativeTransport:
    """A transport as Twisted wants it, on one of the loop's; it is also what the loop takes for the protocol.

    A producer is told to pause when 64 KiB wait for the client to read, and to resume when it has read most of them.
    """

    disconnecting = False

    def __init__(self, protocol: Any, loop: Any) -> None:
        self._protocol = protocol
        self._loop = loop
        self._native: Any = None
        self._producer: Any = None
        self._streaming = True
        self._full = False
        self._closed_for_writing = False
        self._aborted = False
        self._lost = False

    # What the loop has to say.

    def connection_made(self, native: Any) -> None:
        """See ``asyncio.Protocol``."""
        self._native = native
        self._tell(self._protocol.makeConnection, self)

    def data_received(self, data: bytes) -> None:
        """See ``asyncio.Protocol``."""
        try:
            self._protocol.dataReceived(data)
        except Exception:  # noqa: BLE001  as a reactor does
            self._give_up()

    def eof_received(self) -> bool:
        """See ``asyncio.Protocol``."""
        half = IHalfCloseableProtocol(self._protocol, None)
        if half is not None:
            self._tell(half.readConnectionLost)
        return half is not None

    def connection_lost(self, error: Exception | None) -> None:
        """See ``asyncio.Protocol``."""
        self._lost = True
        reason = ConnectionAborted() if self._aborted else ConnectionLost(error) if error else ConnectionDone()
        if self._producer is not None:
            self._producer.stopProducing()
            self._producer = None
        self._tell(self._protocol.connectionLost, Failure(reason))

    def pause_writing(self) -> None:
        """See ``asyncio.Protocol``."""
        self._full = True
        if self._producer is not None and self._streaming:
            self._producer.pauseProducing()

    def resume_writing(self) -> None:
        """See ``asyncio.Protocol``."""
        self._full = False
        if self._producer is not None and self._streaming:
            self._producer.resumeProducing()
        else:
            self._pull()

    # What the protocol has to say.

    def write(self, data: bytes) -> None:
        """See ``ITransport``."""
        if not (self._lost or self._closed_for_writing or (self.disconnecting and self._producer is None)):
            self._native.write(data)

    def writeSequence(self, iovec: Any) -> None:
        """See ``ITransport``."""
        self.write(b"".join(iovec))

    def loseConnection(self) -> None:
        """See ``ITransport``: not before all is written, and the producer has ended."""
        self.disconnecting = True
        if self._producer is None:
            self._native.close()

    def loseWriteConnection(self) -> None:
        """See ``ITCPTransport``."""
        if self._lost or self._closed_for_writing:
            return
        self._closed_for_writing = True
        self._native.write_eof()
        self._wait_until_written()

    def abortConnection(self) -> None:
        """See ``ITCPTransport``: at once, whether or not all is written."""
        self._aborted = True
        self._native.abort()

    def registerProducer(self, producer: Any, streaming: bool) -> None:  # noqa: FBT001  Twisted's own
        """See ``IConsumer``."""
        if self._producer is not None:
            raise RuntimeError("there is a producer already")
        if self._lost:
            producer.stopProducing()
            return
        self._producer, self._streaming = producer, streaming
        if not streaming:
            self._pull()
        elif self._full:
            producer.pauseProducing()

    def unregisterProducer(self) -> None:
        """See ``IConsumer``."""
        self._producer = None
        if self.disconnecting:
            self._native.close()

    def pauseProducing(self) -> None:
        """See ``IPushProducer``: read no more for now."""
        self._native.pause_reading()

    def resumeProducing(self) -> None:
        """See ``IPushProducer``: read on."""
        self._native.resume_reading()

    def stopProducing(self) -> None:
        """See ``IPushProducer``: read no more."""
        self.loseConnection()

    def getPeer(self) -> Any:
        """See ``ITransport``."""
        return as_address(self._native.get_extra_info("peername"))

    def getHost(self) -> Any:
        """See ``ITransport``."""
        return as_address(self._native.get_extra_info("sockname"))

    def _pull(self) -> None:
        """Have a producer that must be pulled write once in a turn, as long as there is room."""
        if self._producer is not None and not self._streaming and not self._full:
            self._producer.resumeProducing()
            self._loop.call_soon(self._pull)

    def _wait_until_written(self) -> None:
        if self._lost:
            return
        if self._native.get_write_buffer_size():
            self._loop.call_later(LOOK, self._wait_until_written)  # the loop does not tell
            return
        half = IHalfCloseableProtocol(self._protocol, None)
        if half is not None:
            self._tell(half.writeConnectionLost)

    def _tell(self, what: Any, *arguments: Any) -> None:
        try:
            what(*arguments)
        except Exception:  # noqa: BLE001  as a reactor does
            self._give_up()

    def _give_up(self) -> None:
        _log.failure("a connection is closed because of a bug")
        self.abortConnection()
