"""Shutdown triggers: signals, and the death of the parent process."""

import os
import signal
from collections.abc import Callable
from typing import Any

from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IReadDescriptor
from twisted.python.failure import Failure
from zope.interface import implementer


class Signals:
    """SIGTERM and SIGINT: ``first`` fires with None at the first of them, ``second`` at the second.

    A ``worker`` reacts only to the first SIGTERM, because its parent handles all other signals. It may get SIGTERM
    twice: from its parent, and from a signal to the whole process group.
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
        """Run ``call`` on every SIGHUP."""
        signal.signal(signal.SIGHUP, lambda _number, _frame: self._reactor.callFromThread(call))

    def _received(self, _number: int, _frame: object) -> None:
        # A handler can interrupt the loop anywhere, so the loop itself processes the signal.
        self._reactor.callFromThread(self.tell)

    def tell(self) -> None:
        """Act as if a shutdown signal had arrived."""
        for d in (self.first,) if self._worker else (self.first, self.second):
            if not d.called:
                d.callback(None)
                return


@implementer(IReadDescriptor)
class Lifeline:
    """The read end of a pipe, on which the other process asks a question with each byte, until it is gone."""

    def __init__(
        self, reactor: Any, descriptor: int, gone: Callable[[], object], asked: Callable[[], object] = bool
    ) -> None:
        self._reactor = reactor
        self._descriptor = descriptor
        self._gone = gone
        self._asked = asked
        reactor.addReader(self)

    def fileno(self) -> int:
        return self._descriptor

    def doRead(self) -> None:
        if os.read(self._descriptor, 1):
            self._asked()
            return
        self._reactor.removeReader(self)
        self._gone()

    def connectionLost(self, reason: Failure) -> None:  # noqa: ARG002  closed is closed
        """See ``IFileDescriptor``: some reactors report the closed pipe this way; all do when they stop."""
        self._gone()

    def logPrefix(self) -> str:
        return "lifeline"
