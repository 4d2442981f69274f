"""Worker processes that share one listening socket: started, replaced one by one, and stopped together."""

import os
import signal
import sys
from typing import Any

from attrs import define, field
from twisted.internet.defer import Deferred, FirstError, gatherResults
from twisted.internet.task import deferLater
from twisted.logger import Logger

from service.command.worker import INHERITED, LIFELINE, READY, NotServingError, Worker
from service.metrics import Snapshot, added_up

_log = Logger()

#: Minimum seconds between the start of a worker that dies and the start of its replacement.
RESPAWN_DELAY = 1.0
#: Seconds for a worker to tell its numbers.
PATIENCE = 1.0


@define
class Workers:
    """A pool of ``count`` worker processes that run the command with ``arguments`` on one socket."""

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
        """Start the workers, and wait until all are ready.

        :raise NotServingError: if one exits before it is ready; the others are then stopped.
        """
        self._crew = [self._spawn() for _ in range(self.count)]
        try:
            await gatherResults([worker.serving for worker in self._crew], consumeErrors=True)
        except FirstError as error:
            await self.stop()
            raise NotServingError from error
        self._started = True

    async def replace(self) -> None:
        """Replace the workers one by one: each shuts down gracefully once its replacement is ready."""
        if self._replacing or self._stopping or not self._started:
            return
        self._replacing = True
        try:
            for old in list(self._crew):
                await self._replace(old)
        except NotServingError:
            _log.error("a new worker failed to start: the old ones keep running")
        finally:
            self._replacing = False

    async def stop(self) -> int:
        """Shut down the workers gracefully.

        :return: the exit code: 0 if every worker that was ready exits with 0, else 1.
        """
        self._stopping = True
        self.signal(signal.SIGTERM)
        codes = [await worker.when_ended() for worker in list(self._alive) if worker.served]
        return 1 if any(codes) else 0

    def take_snapshot(self) -> Deferred[Snapshot]:
        """Add up the numbers of all workers; one that does not answer in time is left out.

        :return: a Deferred that fires with them.
        """
        asked = [
            worker.ask().addTimeout(PATIENCE, self.reactor).addErrback(lambda _: Snapshot())
            for worker in self._alive
            if worker.served
        ]
        d: Deferred[Any] = gatherResults(asked)
        return d.addCallback(added_up)

    def signal(self, number: int) -> None:
        """Send a signal to all workers."""
        for worker in self._alive:
            worker.signal(number)

    async def _replace(self, old: Worker) -> None:
        if self._stopping:
            return
        new = self._spawn()
        await new.serving
        if self._stopping:
            return  # stop() has already signalled all workers
        if old in self._crew:
            self._crew[self._crew.index(old)] = new
            _log.info("worker {new} replaces worker {old}", new=new.pid, old=old.pid)
            old.signal(signal.SIGTERM)
            await old.when_ended()
        else:
            new.signal(signal.SIGTERM)  # the old worker has died and been replaced meanwhile

    def _spawn(self) -> Worker:
        worker = Worker()
        descriptors = {0: 0, 1: 1, 2: 2, INHERITED: self.descriptor, READY: "r", LIFELINE: "w"}
        command = [sys.executable, "-P", "-m", "service", *self.arguments, "--inherit", str(INHERITED)]
        self.reactor.spawnProcess(worker, sys.executable, command, env=os.environ, childFDs=descriptors)
        self._alive.append(worker)
        kept = Deferred.fromCoroutine(self._keep(worker, self.reactor.seconds()))
        kept.addErrback(lambda failure: _log.failure("a worker could not be replaced", failure))
        return worker

    async def _keep(self, worker: Worker, began: float) -> None:
        """Respawn a worker that exits unexpectedly."""
        code = await worker.when_ended()
        self._alive.remove(worker)
        if worker not in self._crew or self._stopping or not self._started:
            return
        _log.error("worker {pid} exited with {code}: starting a replacement", pid=worker.pid, code=code)
        await deferLater(self.reactor, max(0, began + RESPAWN_DELAY - self.reactor.seconds()))
        if worker in self._crew and not self._stopping:
            new = self._spawn()
            new.serving.addErrback(lambda failure: failure.trap(NotServingError))  # _keep replaces it, too
            self._crew[self._crew.index(worker)] = new
