"""Log events captured while a lesson runs, instead of being written to the log."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, cast

from attrs import frozen
from twisted.logger import (
    FilteringLogObserver,
    ILogFilterPredicate,
    ILogObserver,
    LogEvent,
    PredicateResult,
    globalLogPublisher,
)
from zope.interface import implementer

#: Whether events are being captured in this context.
_capturing: ContextVar[bool] = ContextVar("capturing", default=False)


@implementer(ILogFilterPredicate)
@frozen
class Captured:
    """A filter that passes only captured events or, if not ``wanted``, only the others."""

    wanted: bool

    def __call__(self, _: LogEvent) -> Any:
        """Return whether an event passes."""
        return PredicateResult.maybe if _capturing.get() is self.wanted else PredicateResult.no


@contextmanager
def capture_log() -> Iterator[list[LogEvent]]:
    """Capture the events that are logged inside the block, and keep them out of the log.

    The block must end in the reactor turn in which it began; otherwise it captures unrelated events too.
    """
    events: list[LogEvent] = []
    # Each thread has its own context, so events of other threads are logged as usual.
    observer = FilteringLogObserver(cast("ILogObserver", events.append), [Captured(wanted=True)])
    token = _capturing.set(True)
    globalLogPublisher.addObserver(observer)
    try:
        yield events
    finally:
        globalLogPublisher.removeObserver(observer)
        _capturing.reset(token)
