"""Log formats: text for people, or one JSON object per line for machines."""

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime
from io import StringIO
from typing import Any

from attrs import define, field, frozen
from twisted.logger import (
    FilteringLogObserver,
    ILogObserver,
    LogEvent,
    LogLevel,
    LogLevelFilterPredicate,
    formatEvent,
    globalLogBeginner,
    textFileLogObserver,
)
from zope.interface import implementer

from service.lessons.capture import Captured

_json = json.JSONEncoder(ensure_ascii=False, default=repr)
#: The fields of a log event that a JSON line includes.
_FIELDS = (
    *("request_id", "trace_id", "parent_id", "client", "method", "path", "status", "bytes", "seconds", "user_agent"),
    *("code", "username", "url"),
)
#: What stands for a username that is not to be in the log.
_HIDDEN = "***"


@implementer(ILogObserver)
@frozen
class JSONLog:
    """An observer that writes events to ``out`` as JSON: time, level, namespace, message, fields, traceback."""

    out: Any

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
@define
class WithoutUsernames:
    """An observer that writes events as another one does, with usernames hidden: who asks about whom is private.

    An event has them in its field ``username``, or names in ``usernames`` those that may be in its text. ``make``
    makes the other observer, for a stream to write to.
    """

    make: Callable[[Any], ILogObserver]
    out: Any
    _plain: ILogObserver = field(init=False)

    def __attrs_post_init__(self) -> None:
        self._plain = self.make(self.out)

    def __call__(self, event: LogEvent) -> None:
        """Write one event."""
        if "username" not in event and "usernames" not in event:
            self._plain(event)
            return
        text = StringIO()
        self.make(text)(event | {"username": _HIDDEN} if "username" in event else event)
        hidden = text.getvalue()
        for name in event.get("usernames", ()):
            for spelling in spellings_of(name):
                hidden = re.sub(rf"(?<!\w){re.escape(spelling)}(?!\w)", _HIDDEN, hidden)
        self.out.write(hidden)
        self.out.flush()


def spellings_of(name: str) -> list[str]:
    """Return how a name may be written in a log: as it is or in a ``repr``, and these in JSON; the longest first."""
    written = {name, repr(name)[1:-1]}
    written |= {_json.encode(text)[1:-1] for text in written}
    return sorted(filter(None, written), key=len, reverse=True)


@implementer(ILogObserver)
@frozen
class After:
    """An observer that does something before each event, such as to write what comes before it."""

    before: Callable[[], object]
    observer: ILogObserver

    def __call__(self, event: LogEvent) -> None:
        """Pass an event on."""
        self.before()
        self.observer(event)


def log_observer(log_format: str, out: Any, *, usernames: bool = False) -> ILogObserver:
    """Make the log observer for ``"text"`` or ``"json"``; debug events are dropped, and without ``usernames`` those."""
    levels = LogLevelFilterPredicate(LogLevel.info)
    levels.setLogLevelForNamespace("twisted.internet.base", LogLevel.warn)  # "Main loop terminated."
    make: Callable[[Any], ILogObserver] = JSONLog if log_format == "json" else textFileLogObserver
    written = make(out) if usernames else WithoutUsernames(make, out)
    return FilteringLogObserver(written, [Captured(wanted=False), levels])


def begin_logging(observer: ILogObserver) -> None:
    """Send the log of this process to an observer, and leave standard output alone."""
    globalLogBeginner.beginLoggingTo([observer], redirectStandardIO=False)
