"""Twisted is not magic: a Deferred in forty lines.

It runs chains as Twisted's does: results, failures, and Deferreds that callbacks return. It lacks

- cancellation and ``addTimeout``;
- a report of a failure that nothing has handled;
- ``await``, ``fromCoroutine`` and ``fromFuture``;
- a check that a Deferred fires only once, and that a callback does not return its own Deferred;
- long rows of nested Deferreds: here each takes a few frames of the stack;
- ``pause``, debugging, and all that keeps tracebacks short and memory free.
"""

from collections.abc import Callable
from typing import Any, Self

from twisted.python.failure import Failure


def passes_by(result: Any) -> Any:
    """Return a result as it is."""
    return result


class SmallDeferred:
    """A result that is not there yet, and the steps that are to take it."""

    def __init__(self) -> None:
        self.called = self._busy = False
        self.result: Any = None
        self._steps: list[tuple[Callable[..., Any], Callable[..., Any]]] = []

    def addCallbacks(self, callback: Callable[..., Any], errback: Callable[..., Any] = passes_by) -> Self:
        """Add a step: a callback for a result, and an errback for a failure."""
        self._steps.append((callback, errback))
        self._run()
        return self

    def addCallback(self, callback: Callable[..., Any]) -> Self:
        """Add a step that a failure passes by."""
        return self.addCallbacks(callback)

    def addErrback(self, errback: Callable[..., Any]) -> Self:
        """Add a step that a result passes by."""
        return self.addCallbacks(passes_by, errback)

    def addBoth(self, function: Callable[..., Any]) -> Self:
        """Add a step that takes either."""
        return self.addCallbacks(function, function)

    def callback(self, result: Any) -> None:
        """Fire, with a result or a ``Failure``."""
        self.called, self.result = True, result
        self._run()

    def errback(self, failure: Failure) -> None:
        """Fire with a failure."""
        self.callback(failure)

    def _run(self) -> None:
        while self.called and self._steps and not self._busy:
            self._busy = True  # so that a step that adds another one does not run it inside itself
            step = self._steps.pop(0)[isinstance(self.result, Failure)]
            try:
                self.result = step(self.result)
            except Exception:  # noqa: BLE001  whatever it is, it is the next result
                self.result = Failure()
            if isinstance(self.result, SmallDeferred):
                self.result.addBoth(self._go_on)  # and wait, still busy
            else:
                self._busy = False

    def _go_on(self, result: Any) -> None:
        self.result, self._busy = result, False
        self._run()
