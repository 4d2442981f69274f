"""Log formats: text for people, or one JSON object per line for machines."""

import json
from datetime import UTC, datetime
from typing import Any, TextIO

from attrs import frozen
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

from service.command.streams import LogStream
from service.lessons.capture import Captured

_json = json.JSONEncoder(ensure_ascii=False, default=repr)
#: The fields of a log event that a JSON line includes.
_FIELDS = (
    *("request_id", "client", "method", "path", "status", "bytes", "seconds", "user_agent"),
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
@frozen
class WithoutUsernames:
    """An observer that passes events on to another one, with usernames hidden: who asks about whom is private."""

    observer: ILogObserver

    def __call__(self, event: LogEvent) -> None:
        """Pass one event on."""
        self.observer(event | {"username": _HIDDEN} if "username" in event else event)


def log_observer(log_format: str, out: Any, *, usernames: bool = False) -> ILogObserver:
    """Make the log observer for ``"text"`` or ``"json"``; debug events are dropped, and without ``usernames`` those."""
    levels = LogLevelFilterPredicate(LogLevel.info)
    levels.setLogLevelForNamespace("twisted.internet.base", LogLevel.warn)  # "Main loop terminated."
    written: ILogObserver = JSONLog(out) if log_format == "json" else textFileLogObserver(out)
    return FilteringLogObserver(written if usernames else WithoutUsernames(written), [Captured(wanted=False), levels])


def begin_logging(log_format: str, out: TextIO, *, usernames: bool = False) -> None:
    """Send the log of this process to ``out``, which need not be writable for the service to go on."""
    try:
        stream: Any = LogStream(out.fileno())
    except OSError:  # a stream in memory
        stream = out
    observer = log_observer(log_format, stream, usernames=usernames)
    globalLogBeginner.beginLoggingTo([observer], redirectStandardIO=False)
