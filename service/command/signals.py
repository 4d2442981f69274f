"""What a process is told from outside: by signals, and by the end of the one that has started it."""

import signal
from collections.abc import Callable
from typing import Any

from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IReadDescriptor
from twisted.python.failure import Failure
from zope.interface import implementer


class Signals:
    """SIGTERM and SIGINT: ``first`` fires at the first of them, ``second`` at the second.

    A ``worker`` heeds no more than a first SIGTERM, which may come from its parent and from whoever signals all of a
    group: what else there is to do, its parent knows.
    """

    def __init__(self, reactor: Any, *, worker: bool = False) -> None:
        self._reactor = reactor
        self._worker = worker
        self.first: Deferred[None] = Deferred()
        self.second: Deferred[None] = Deferred()
        signal.signal(signal.SIGTERM, self._received)
        signal.signal(signal.SIGINT, signal.SIG_IGN if worker else self._received)
        if worker:
            signal.signal(signal.SIGHUP, signal.SIG_IGN)

    def on_hang_up(self, call: Callable[[], object]) -> None:
        """Call something at every SIGHUP."""
        signal.signal(signal.SIGHUP, lambda _number, _frame: self._reactor.callFromThread(call))

    def _received(self, _number: int, _frame: object) -> None:
        # The handler interrupts the loop anywhere: have the loop itself deal with the signal.
        self._reactor.callFromThread(self.tell)

    def tell(self) -> None:
        """Do as for a signal that says to stop."""
        for d in (self.first,) if self._worker else (self.first, self.second):
            if not d.called:
                d.callback(None)
                return


@implementer(IReadDescriptor)
class Lifeline:
    """The end of a pipe into which nobody writes: when it can be read, the process at its other end is gone."""

    def __init__(self, reactor: Any, descriptor: int, gone: Callable[[], object]) -> None:
        self._reactor = reactor
        self._descriptor = descriptor
        self._gone = gone
        reactor.addReader(self)

    def fileno(self) -> int:
        """See ``IFileDescriptor``."""
        return self._descriptor

    def doRead(self) -> None:
        """See ``IReadDescriptor``."""
        self._reactor.removeReader(self)
        self._gone()

    def connectionLost(self, reason: Failure) -> None:  # noqa: ARG002  whatever it was, it is over
        """See ``IFileDescriptor``: some reactors say it like this; all do when they stop."""
        self._gone()

    def logPrefix(self) -> str:
        """See ``ILoggingContext``."""
        return "lifeline"
