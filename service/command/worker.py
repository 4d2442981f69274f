"""One worker process: when it is ready, what it has counted, and when it has ended."""

import json
from contextlib import suppress
from typing import Any

from twisted.internet.defer import Deferred
from twisted.internet.error import ProcessExitedAlready
from twisted.internet.protocol import ProcessProtocol
from twisted.python.failure import Failure

from service.metrics import Snapshot

#: A worker's descriptors: the inherited socket, the readiness pipe, and a pipe that closes when its parent dies.
INHERITED, READY, LIFELINE = 3, 4, 5


class NotServingError(Exception):
    """A worker exited before it was ready; it has logged the reason itself."""


class Worker(ProcessProtocol):
    """A worker process; ``serving`` fires with None when it is ready, or fails with ``NotServingError``."""

    def __init__(self) -> None:
        self.serving: Deferred[None] = Deferred()
        self.served = False
        self.pid = 0
        self.code: int | None = None
        self._waiters: list[Deferred[int]] = []
        self._asking: list[Deferred[Snapshot]] = []
        self._line = b""

    def connectionMade(self) -> None:
        """See ``IProcessProtocol``; keep the pid, which the transport forgets when the process ends."""
        transport: Any = self.transport
        self.pid = transport.pid

    def when_ended(self) -> Deferred[int]:
        """Wait for the process to end.

        :return: a Deferred that fires with the exit code; if a signal killed the process, that is minus its number.
        """
        d: Deferred[int] = Deferred()
        self._waiters.append(d)
        self._tell()
        return d

    def signal(self, number: int) -> None:
        """Send a signal to the process, if it is still running."""
        transport: Any = self.transport
        with suppress(ProcessExitedAlready):
            transport.signalProcess(number)

    def ask(self) -> Deferred[Snapshot]:
        """Ask the worker for its numbers.

        :return: a Deferred that fires with them; it can be cancelled, and never fires if the worker ends.
        """
        d: Deferred[Snapshot] = Deferred(lambda d: self._asking.remove(d) if d in self._asking else None)
        self._asking.append(d)
        transport: Any = self.transport
        transport.writeToChild(LIFELINE, b"?")
        return d

    def childDataReceived(self, childFD: int, data: bytes) -> None:  # noqa: ARG002  it has only one pipe
        """See ``IProcessProtocol``: the first line says that the worker is ready, the others have its numbers."""
        *lines, self._line = (self._line + data).split(b"\n")
        for line in lines:
            if not self.served:
                self.served = True
                self.serving.callback(None)
            else:
                asking, self._asking = self._asking, []
                for d in asking:
                    d.callback(Snapshot.from_json(json.loads(line)))

    def processEnded(self, reason: Failure) -> None:
        error: Any = reason.value
        self.code = error.exitCode if error.signal is None else -error.signal
        if not self.serving.called:
            self.serving.errback(NotServingError(self.code))
        self._tell()

    def _tell(self) -> None:
        if self.code is not None:
            waiters, self._waiters = self._waiters, []
            for waiter in waiters:
                waiter.callback(self.code)
