"""The access log: the lines of the rest of the log, written once a turn and in order."""

import io
import json
import re
from typing import Any, cast

import pytest
from twisted.internet.task import Clock
from twisted.logger import LogEvent, Logger, LogPublisher

from service.command.access_log import WrittenAccessLog, json_line, text_line
from service.command.logs import After, log_observer
from service.web.access import Access

ACCESS = Access("192.0.2.1", "GET", "/contacts", 200, 31, 0.0012344, "bench/1", "0" * 32, "1" * 32, "")
#: Requests with something to escape.
ODD = [
    ACCESS,
    ACCESS._replace(path='/"\\/%00', user_agent="a\tb \"c\" 'd' \\ \x85 \xe9"),
    ACCESS._replace(client="2001:db8::1", seconds=12.0, user_agent=""),
    ACCESS._replace(client="unix", seconds=0.0, sent=0, status=499, parent_id='"a\\b"'),
]


def logged(log_format: str, access: Access) -> tuple[str, float]:
    """Log a request through ``twisted.logger``; return the line and its time."""
    out = io.StringIO()
    events: list[LogEvent] = []
    observer = log_observer(log_format, out)
    fields = access._asdict()
    fields |= {"bytes": fields.pop("sent"), "seconds": round(access.seconds, 6)}
    if not access.parent_id:
        del fields["parent_id"]
    log = Logger(namespace="access", observer=LogPublisher(observer, cast("Any", events.append)))
    log.info("{line}", line=access.line, **fields)
    return out.getvalue(), events[0]["log_time"]


@pytest.mark.parametrize("access", ODD)
def test_text(access: Access) -> None:
    """A line of text is the one that Twisted's log would have."""
    line, when = logged("text", access)
    assert text_line(access, when) == line


@pytest.mark.parametrize("access", ODD)
def test_json(access: Access) -> None:
    """A line of JSON has what the log would have, in the same order; the milliseconds may be rounded differently."""
    line, when = logged("json", access)
    made = json_line(access, when)
    assert made.endswith("}\n")
    document, expected = json.loads(made), json.loads(line)
    assert list(document) == list(expected)
    assert abs(int(document.pop("time")[-9:-6]) - int(expected.pop("time")[-9:-6])) in (0, 1, 999)
    assert document == expected


def test_what_a_line_says() -> None:
    """A line has the client, method, path, status, bytes, seconds, user agent and request id."""
    assert ACCESS.line == f"192.0.2.1 GET /contacts 200 31 0.001s 'bench/1' {'0' * 32}"


class Out:
    """A stream that keeps each write."""

    def __init__(self) -> None:
        self.written: list[str] = []

    def write(self, text: str) -> None:
        self.written.append(text)

    def flush(self) -> None:
        """See ``TextIO``."""


@pytest.mark.parametrize("log_format", ["text", "json"])
def test_one_write_a_turn(clock: Clock, log_format: str) -> None:
    """The lines of a turn are written together, after it."""
    out = Out()
    access_log = WrittenAccessLog(out, clock, log_format)
    for _ in range(2):
        for _ in range(3):
            access_log(ACCESS)
        clock.advance(0)
    assert [text.count("\n") for text in out.written] == [3, 3]
    clock.advance(1)
    access_log.flush()
    assert len(out.written) == 2


def test_the_order(clock: Clock) -> None:
    """What is logged after a request comes after it."""
    out = Out()
    access_log = WrittenAccessLog(out, clock, "text")
    log = Logger(namespace="x", observer=After(access_log.flush, log_observer("text", out)))
    log.info("before")
    access_log(ACCESS)
    log.info("after")
    clock.advance(0)
    assert [re.findall(r"before|after|GET", text) for text in out.written] == [["before"], ["GET"], ["after"]]
