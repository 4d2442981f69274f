"""Log events captured while a lesson runs, instead of being written to the log."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

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

#: Whether what is logged now is captured.
_capturing: ContextVar[bool] = ContextVar("capturing", default=False)


@implementer(ILogObserver)
@frozen
class ListLog:
    """Keeps each event in a list."""

    events: list[LogEvent]

    def __call__(self, event: LogEvent) -> None:
        """Keep one event."""
        self.events.append(event)


@implementer(ILogFilterPredicate)
@frozen
class Captured:
    """Passes only captured events or, if not ``wanted``, only the others."""

    wanted: bool

    def __call__(self, _: LogEvent) -> Any:
        """Say whether an event passes."""
        return PredicateResult.maybe if _capturing.get() is self.wanted else PredicateResult.no


@contextmanager
def capture_log() -> Iterator[list[LogEvent]]:
    """Capture what is logged inside the block, and keep it out of the log.

    Only for a block that ends in the turn of the reactor in which it began: it would capture what others log, too.
    """
    events: list[LogEvent] = []
    # Threads have contexts of their own, so that their events are logged as usual.
    observer = FilteringLogObserver(ListLog(events), [Captured(wanted=True)])
    token = _capturing.set(True)
    globalLogPublisher.addObserver(observer)
    try:
        yield events
    finally:
        globalLogPublisher.removeObserver(observer)
        _capturing.reset(token)
