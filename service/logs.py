"""How the log is written: as text for people, or as one JSON object a line for machines."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any, TextIO

from attrs import frozen
from twisted.logger import (
    FilteringLogObserver,
    ILogFilterPredicate,
    ILogObserver,
    LogEvent,
    LogLevel,
    LogLevelFilterPredicate,
    PredicateResult,
    formatEvent,
    globalLogBeginner,
    globalLogPublisher,
    textFileLogObserver,
)
from zope.interface import implementer

#: Whether what is logged now is kept aside.
_aside: ContextVar[bool] = ContextVar("aside", default=False)

_json = json.JSONEncoder(ensure_ascii=False, default=repr)
#: Of what travels with a log event, what a line of JSON shows.
_FIELDS = ("request_id", "method", "path", "status", "seconds", "username", "url")


@implementer(ILogObserver)
class JSONLog:
    """Writes each event to ``out`` as one JSON object: time, level, namespace, message, fields, traceback."""

    def __init__(self, out: TextIO) -> None:
        self.out = out

    def __call__(self, event: LogEvent) -> None:
        """Write one event."""
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(event["log_time"], UTC).isoformat(timespec="milliseconds"),
            "level": event["log_level"].name,
            "namespace": event["log_namespace"],
            "message": formatEvent(event),
        }
        line.update({name: event[name] for name in _FIELDS if name in event})
        if "log_failure" in event:
            line["traceback"] = event["log_failure"].getTraceback()
        self.out.write(_json.encode(line) + "\n")
        self.out.flush()


@implementer(ILogObserver)
@frozen
class ListLog:
    """Keeps each event in a list."""

    events: list[LogEvent]

    def __call__(self, event: LogEvent) -> None:
        """Keep one event."""
        self.events.append(event)


def log_observer(log_format: str, out: TextIO) -> ILogObserver:
    """Make the observer for ``"text"`` or ``"json"``; debug events are left out."""
    written: ILogObserver = JSONLog(out) if log_format == "json" else textFileLogObserver(out)
    return FilteringLogObserver(written, [Aside(wanted=False), LogLevelFilterPredicate(LogLevel.info)])


@contextmanager
def log_aside() -> Iterator[list[LogEvent]]:
    """Keep what is logged meanwhile out of the log, in a list.

    Only for what is over within one turn of the reactor: what others log in between would be kept aside, too.
    """
    events: list[LogEvent] = []
    # Another thread has a context of its own, and its events go their way.
    keep = FilteringLogObserver(ListLog(events), [Aside(wanted=True)])
    token = _aside.set(True)
    globalLogPublisher.addObserver(keep)
    try:
        yield events
    finally:
        globalLogPublisher.removeObserver(keep)
        _aside.reset(token)


@implementer(ILogFilterPredicate)
@frozen
class Aside:
    """Lets pass what is logged aside, and nothing else; or, if not ``wanted``, everything else."""

    wanted: bool

    def __call__(self, _: LogEvent) -> Any:
        """Say whether an event may pass."""
        return PredicateResult.maybe if _aside.get() is self.wanted else PredicateResult.no


def begin_logging(log_format: str, out: TextIO) -> None:
    """Send the log of this process to ``out``."""
    globalLogBeginner.beginLoggingTo([log_observer(log_format, out)], redirectStandardIO=False)
