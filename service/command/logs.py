"""Log formats: text for people, or one JSON object per line for machines."""

import json
from datetime import UTC, datetime
from typing import Any, TextIO

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
_FIELDS = ("request_id", "method", "path", "status", "seconds", "username", "url")


@implementer(ILogObserver)
class JSONLog:
    """An observer that writes events to ``out`` as JSON: time, level, namespace, message, fields, traceback."""

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


def log_observer(log_format: str, out: TextIO) -> ILogObserver:
    """Make the log observer for ``"text"`` or ``"json"``; debug events are dropped."""
    levels = LogLevelFilterPredicate(LogLevel.info)
    levels.setLogLevelForNamespace("twisted.internet.base", LogLevel.warn)  # "Main loop terminated."
    written: ILogObserver = JSONLog(out) if log_format == "json" else textFileLogObserver(out)
    return FilteringLogObserver(written, [Captured(wanted=False), levels])


def begin_logging(log_format: str, out: TextIO) -> None:
    """Send the log of this process to ``out``."""
    globalLogBeginner.beginLoggingTo([log_observer(log_format, out)], redirectStandardIO=False)
