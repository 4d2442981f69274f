"""What goes to a client: no faster than it reads, and to the end, whichever side hangs up first."""

from collections.abc import Callable
from typing import Any

from attrs import define, field
from twisted.internet.interfaces import INegotiated, IPushProducer, IReactorTime, ITCPTransport
from zope.interface import implementer


@implementer(IPushProducer)
@define(eq=False)
class Writer:
    """The side of a transport that is written to.

    ``stuck_since`` is when the client stopped reading, if it has; ``resumed`` is called when it reads again.
    ``written`` says that all is written, and that half of the connection closed.
    """

    transport: Any
    clock: IReactorTime
    resumed: Callable[[], object]
    stuck_since: float | None = field(default=None, init=False)
    written: bool = field(default=False, init=False)
    _producer: Any = field(default=None, init=False)

    def __attrs_post_init__(self) -> None:
        self.transport.registerProducer(self, True)
        if ITCPTransport.providedBy(self.transport):
            self.transport.setTcpNoDelay(True)  # an answer is written at once, not in small pieces

    def set_producer(self, producer: Any) -> None:
        """Have somebody told when the client does not read, and when it reads again; None for nobody."""
        self._producer = producer
        if producer is not None and self.stuck_since is not None:
            producer.pauseProducing()

    def hang_up(self, *, gently: bool) -> None:
        """End the connection when all is written; ``gently``, only the half of it that is written to.

        What a client still sends would have its answer eaten by a reset. TLS knows no halves.
        """
        self.stuck_since = None  # nobody will say any more that it reads again
        self.transport.unregisterProducer()
        if gently and not INegotiated.providedBy(self.transport):
            self.transport.loseWriteConnection()
        else:
            self.transport.loseConnection()

    def end_lingering(self) -> None:
        """End the connection; what is ``written`` already, the system goes on to deliver."""
        if self.written:
            self.transport.loseConnection()
        else:
            self.abort()

    def abort(self) -> None:
        """End the connection, written or not."""
        self.transport.abortConnection()

    def pauseProducing(self) -> None:
        """See ``IPushProducer``: the client does not read."""
        if self.stuck_since is None:
            self.stuck_since = self.clock.seconds()
        if self._producer is not None:
            self._producer.pauseProducing()

    def resumeProducing(self) -> None:
        """See ``IPushProducer``: it reads again."""
        self.stuck_since = None
        if self._producer is not None:
            self._producer.resumeProducing()
        else:
            self.resumed()

    def stopProducing(self) -> None:
        """See ``IPushProducer``: it is gone, as the connection will say."""
