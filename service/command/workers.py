"""Several processes that share one listening socket: started, replaced one by one, and stopped together."""

import os
import signal
import sys
from contextlib import suppress
from typing import Any

from attrs import define, field
from twisted.internet.defer import Deferred, FirstError, gatherResults
from twisted.internet.error import ProcessExitedAlready
from twisted.internet.protocol import ProcessProtocol
from twisted.internet.task import deferLater
from twisted.logger import Logger
from twisted.python.failure import Failure

_log = Logger()

#: The descriptors of a worker: the socket that it inherits, where it says that it serves, what ends with its parent.
INHERITED, READY, LIFELINE = 3, 4, 5
#: Seconds until one is replaced that has ended sooner than that.
PATIENCE = 1.0


class NotServingError(Exception):
    """A worker has ended before it served; what was wrong it has said itself."""


class Worker(ProcessProtocol):
    """One process; ``serving`` fires with None when it serves, or fails with ``NotServingError``."""

    def __init__(self) -> None:
        self.serving: Deferred[None] = Deferred()
        self.served = False
        self.pid = 0
        self.code: int | None = None
        self._waiters: list[Deferred[int]] = []

    def connectionMade(self) -> None:
        """See ``IProcessProtocol``; the transport forgets the number of a process that has ended."""
        transport: Any = self.transport
        self.pid = transport.pid

    def when_ended(self) -> Deferred[int]:
        """Wait for its end.

        :return: a Deferred that fires with its exit code; negative, a signal's number, if that has killed it.
        """
        d: Deferred[int] = Deferred()
        self._waiters.append(d)
        self._tell()
        return d

    def signal(self, number: int) -> None:
        """Send it a signal, if it is still there."""
        transport: Any = self.transport
        with suppress(ProcessExitedAlready):
            transport.signalProcess(number)

    def childDataReceived(self, childFD: int, data: bytes) -> None:  # noqa: ARG002  that it writes at all says it
        """See ``IProcessProtocol``: it serves."""
        self.served = True
        self.serving.callback(None)

    def processEnded(self, reason: Failure) -> None:
        """See ``IProcessProtocol``."""
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


@define
class Workers:
    """As many processes as ``count`` says, each of which runs the command with ``arguments`` on the same socket."""

    reactor: Any
    descriptor: int
    count: int
    arguments: list[str]
    _crew: list[Worker] = field(factory=list, init=False)
    _alive: list[Worker] = field(factory=list, init=False)
    _started: bool = field(default=False, init=False)
    _replacing: bool = field(default=False, init=False)
    _stopping: bool = field(default=False, init=False)

    async def start(self) -> None:
        """Start them, and wait until they serve.

        :raise NotServingError: if one does not; the others are stopped then.
        """
        self._crew = [self._spawn() for _ in range(self.count)]
        try:
            await gatherResults([worker.serving for worker in self._crew], consumeErrors=True)
        except FirstError as error:
            await self.stop()
            raise NotServingError from error
        self._started = True

    async def replace(self) -> None:
        """Replace them one by one: each ends in good order once another serves in its place."""
        if self._replacing or self._stopping or not self._started:
            return
        self._replacing = True
        try:
            for old in list(self._crew):
                await self._replace(old)
        except NotServingError:
            _log.error("a new worker does not serve: the old ones go on")
        finally:
            self._replacing = False

    async def stop(self) -> int:
        """Stop them in good order.

        :return: the exit code: 0 if that is the code of each that has served, 1 if it is not.
        """
        self._stopping = True
        self.signal(signal.SIGTERM)
        codes = [await worker.when_ended() for worker in list(self._alive) if worker.served]
        return 1 if any(codes) else 0

    def signal(self, number: int) -> None:
        """Send all of them a signal."""
        for worker in self._alive:
            worker.signal(number)

    async def _replace(self, old: Worker) -> None:
        if self._stopping:
            return
        new = self._spawn()
        await new.serving
        if self._stopping:
            return  # all have been told already, and being told twice would end it at once
        if old in self._crew:
            self._crew[self._crew.index(old)] = new
            _log.info("worker {new} takes the place of {old}", new=new.pid, old=old.pid)
            old.signal(signal.SIGTERM)
            await old.when_ended()
        else:
            new.signal(signal.SIGTERM)  # somebody else has taken that place

    def _spawn(self) -> Worker:
        worker = Worker()
        descriptors = {0: 0, 1: 1, 2: 2, INHERITED: self.descriptor, READY: "r", LIFELINE: "w"}
        command = [sys.executable, "-P", "-m", "service", *self.arguments, "--inherit", str(INHERITED)]
        self.reactor.spawnProcess(worker, sys.executable, command, env=os.environ, childFDs=descriptors)
        self._alive.append(worker)
        kept = Deferred.fromCoroutine(self._keep(worker, self.reactor.seconds()))
        kept.addErrback(lambda failure: _log.failure("a worker is missing", failure))
        return worker

    async def _keep(self, worker: Worker, began: float) -> None:
        """Have another one in its place if it ends before its time."""
        code = await worker.when_ended()
        self._alive.remove(worker)
        if worker not in self._crew or self._stopping or not self._started:
            return
        _log.error("worker {pid} has ended with {code}: another takes its place", pid=worker.pid, code=code)
        await deferLater(self.reactor, max(0, began + PATIENCE - self.reactor.seconds()))
        if worker in self._crew and not self._stopping:
            new = self._spawn()
            new.serving.addErrback(lambda failure: failure.trap(NotServingError))  # it is replaced like any other
            self._crew[self._crew.index(worker)] = new
