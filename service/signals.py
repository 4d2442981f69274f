"""What the operator says by signals."""

import signal
from collections.abc import Callable
from typing import Any

from twisted.internet.defer import Deferred


class Signals:
    """SIGTERM and SIGINT: ``first`` fires at the first of them, ``second`` at the second."""

    def __init__(self, reactor: Any) -> None:
        self._reactor = reactor
        self.first: Deferred[None] = Deferred()
        self.second: Deferred[None] = Deferred()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._received)

    def on_hang_up(self, call: Callable[[], object]) -> None:
        """Call something at every SIGHUP."""
        signal.signal(signal.SIGHUP, lambda _number, _frame: self._reactor.callFromThread(call))

    def _received(self, _number: int, _frame: object) -> None:
        # The handler interrupts the loop anywhere: have the loop itself deal with the signal.
        self._reactor.callFromThread(self._tell)

    def _tell(self) -> None:
        for d in (self.first, self.second):
            if not d.called:
                d.callback(None)
                return
