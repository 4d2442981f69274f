"""The log, as people and machines read it."""

import io
import json

import pytest
from twisted.logger import Logger
from twisted.python.failure import Failure

from service.logs import begin_logging, log_observer


def test_json_is_one_object_a_line() -> None:
    """Each event is one plain JSON object on one line, with what machines look for."""
    out = io.StringIO()
    log = Logger(namespace="access", observer=log_observer("json", out))
    log.info("{method} {path}\nand more", method="GET", path="/é", status=200, secret="x")
    log.debug("not this")
    [line] = out.getvalue().splitlines()
    event = json.loads(line)
    assert event.pop("time").endswith("+00:00")
    assert event == {
        "level": "info",
        "namespace": "access",
        "message": "GET /é\nand more",
        "method": "GET",
        "path": "/é",
        "status": 200,
    }


def test_json_with_a_traceback() -> None:
    """A failure brings its traceback, and what JSON cannot say is shown as Python does."""
    out = io.StringIO()
    log = Logger(namespace="x", observer=log_observer("json", out))
    log.failure("a bug", Failure(LookupError("dustin")), request_id={1, 2})
    event = json.loads(out.getvalue())
    assert "LookupError: dustin" in event["traceback"]
    assert event["request_id"] == "{1, 2}"
    assert event["level"] == "critical"


def test_text() -> None:
    """Text is Twisted's own format."""
    out = io.StringIO()
    Logger(namespace="access", observer=log_observer("text", out)).info("GET /")
    assert out.getvalue().endswith("[access#info] GET /\n")


def test_where_the_log_goes(monkeypatch: pytest.MonkeyPatch) -> None:
    """The log of the process goes where it is sent, and standard output is left alone."""
    began: list[object] = []
    monkeypatch.setattr(
        "service.logs.globalLogBeginner.beginLoggingTo",
        lambda observers, redirectStandardIO: began.append((len(observers), redirectStandardIO)),
    )
    begin_logging("text", io.StringIO())
    assert began == [(1, False)]
