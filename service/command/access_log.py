"""The access log of a process: a line for each request, made at once and written once a turn of the reactor."""

import json
import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from attrs import define, field
from twisted.internet.interfaces import IReactorTime
from twisted.logger import formatTime

from service.web.access import Access

_quote = json.JSONEncoder(ensure_ascii=False).encode


@define(eq=False)
class WrittenAccessLog:
    """An access log that writes text or JSON to ``out``, in lines as the rest of the log has them.

    They do not pass through ``twisted.logger``, where each would take longer than the request itself.
    """

    out: Any
    clock: IReactorTime
    log_format: str
    wall_clock: Callable[[], float] = time.time
    _lines: list[str] = field(factory=list, init=False)

    def __call__(self, access: Access) -> None:
        """Keep a line for the end of this turn."""
        if not self._lines:
            self.clock.callLater(0, self.flush)
        make_line = json_line if self.log_format == "json" else text_line
        self._lines.append(make_line(access, self.wall_clock()))

    def flush(self) -> None:
        """Write what was kept: what is logged next comes after it."""
        if self._lines:
            lines, self._lines = self._lines, []
            self.out.write("".join(lines))


def text_line(access: Access, when: float) -> str:
    """Make the line that ``textFileLogObserver`` would make."""
    return f"{local_second(int(when))} [access#info] {access.line}\n"


def json_line(access: Access, when: float) -> str:
    """Make the line that ``JSONLog`` would make."""
    client, method, path, status, sent, seconds, user_agent, request_id, trace_id, parent_id = access
    parent = f', "parent_id": "{escaped(parent_id)}"' if parent_id else ""
    return (
        f'{{"time": "{utc_second(int(when))}.{int(when * 1000) % 1000:03d}+00:00", "level": "info", '
        f'"namespace": "access", "message": "{escaped(access.line)}", "request_id": "{request_id}", '
        f'"trace_id": "{trace_id}"{parent}, "client": "{client}", "method": "{method}", "path": "{escaped(path)}", '
        f'"status": {status}, "bytes": {sent}, "seconds": {seconds:.6f}, "user_agent": {_quote(user_agent)}}}\n'
    )


def escaped(text: str) -> str:
    """Escape text without control characters as JSON has it."""
    return text.replace("\\", "\\\\").replace('"', '\\"')


@lru_cache(maxsize=1)
def local_second(second: int) -> str:
    """Return a time as Twisted's log has it."""
    return formatTime(second)


@lru_cache(maxsize=1)
def utc_second(second: int) -> str:
    """Return a time in UTC, without its zone."""
    return datetime.fromtimestamp(second, UTC).strftime("%Y-%m-%dT%H:%M:%S")
