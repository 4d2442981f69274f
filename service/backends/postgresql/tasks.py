"""A bridge from asyncio to Twisted: a coroutine runs as a task, behind a Deferred that can be cancelled."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

from attrs import define, field
from twisted.internet.defer import CancelledError, Deferred
from twisted.python.failure import Failure

T = TypeVar("T")


@define(eq=False)
class Tasks:
    """The running tasks: an event loop itself holds only weak references to them."""

    _running: set["asyncio.Task[Any]"] = field(factory=set, init=False)

    def run(self, coroutine: Coroutine[Any, Any, T]) -> Deferred[T]:
        """Run a coroutine as a task of the running event loop.

        ``Deferred.fromFuture`` would fail only after the task has ended, and with asyncio's ``CancelledError``, which
        neither ``addTimeout`` nor Klein handles.

        :return: a Deferred that fires with what the coroutine returns, or fails with what it raises. If it is
            cancelled, it immediately fails with Twisted's ``CancelledError``; the task, cancelled too, may end later.
        """
        task = asyncio.get_running_loop().create_task(coroutine)
        self._running.add(task)

        def cancel(_: object) -> None:
            task.cancel()

        d: Deferred[T] = Deferred(cancel)
        task.add_done_callback(lambda task: self._deliver(task, d))
        return d

    def _deliver(self, task: "asyncio.Task[T]", d: Deferred[T]) -> None:
        self._running.discard(task)
        error = CancelledError() if task.cancelled() else task.exception()
        if d.called:
            return  # it was cancelled, and the result is not wanted
        if error is None:
            d.callback(task.result())
        else:
            d.errback(Failure(error))
