"""The log in both formats, text and JSON."""

import io
import json
import re
from threading import Thread

import pytest
from twisted.logger import ILogObserver, Logger, globalLogPublisher
from twisted.python.failure import Failure
from zope.interface.verify import verifyObject

from service.command.access_log import json_line, text_line
from service.command.logs import After, begin_logging, log_observer
from service.lessons.capture import capture_log
from tests.log import Log


def test_json_is_one_object_a_line() -> None:
    """Each event is one JSON object on one line, with selected fields only."""
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
    """A failure includes its traceback, and a value that JSON cannot encode is shown as its ``repr``."""
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
    """The log goes to one observer, and standard output is not redirected."""
    began: list[object] = []
    monkeypatch.setattr(
        "service.command.logs.globalLogBeginner.beginLoggingTo",
        lambda observers, redirectStandardIO: began.append((observers, redirectStandardIO)),
    )
    observer = log_observer("text", io.StringIO())
    begin_logging(observer)
    assert began == [([observer], False)]


def test_what_is_captured() -> None:
    """Captured events are in the list but not in the log; events of other threads are only in the log."""
    out = io.StringIO()
    observer = log_observer("text", out)
    globalLogPublisher.addObserver(observer)
    log = Logger(namespace="x")
    with capture_log() as events:
        log.info("captured")
        thread = Thread(target=log.info, args=("elsewhere",))
        thread.start()
        thread.join()
    log.info("afterwards")
    globalLogPublisher.removeObserver(observer)
    assert [event["log_format"] for event in events] == ["captured"]
    assert [line.rpartition(" ")[2] for line in out.getvalue().splitlines()] == ["elsewhere", "afterwards"]


def test_a_capture_ends_with_an_error() -> None:
    """After an error inside the block, events go into the log again."""
    out = io.StringIO()
    log = Logger(namespace="x", observer=log_observer("text", out))
    with pytest.raises(LookupError), capture_log():
        raise LookupError
    log.info("afterwards")
    assert out.getvalue().endswith("afterwards\n")


def test_the_observer() -> None:
    """The observer provides the interface of observers."""
    observer = log_observer("json", io.StringIO())
    assert verifyObject(ILogObserver, observer)
    assert verifyObject(ILogObserver, After(lambda: None, observer))


@pytest.mark.parametrize("log_format", ["json", "text"])
@pytest.mark.parametrize("fault", ["", "~down", "~malformed", "~raise", "~unserialisable", "~hang", "~dwon"])
def test_usernames_stay_out_of_the_log(log_format: str, fault: str, log: Log) -> None:
    """The log does not say who asks about whom, whatever goes wrong."""
    from tests.web.memory import Web

    web, out = Web(), io.StringIO()
    observer = log_observer(log_format, out)
    globalLogPublisher.addObserver(observer)
    for path in ("/contacts", "/user-info", "/user-name", "/users"):
        for username in ("amber", "nobody"):
            web.get(f"{path}?username={username}{fault}", after=5)
    globalLogPublisher.removeObserver(observer)
    make_line = json_line if log_format == "json" else text_line
    out.writelines(make_line(access, 0) for access in web.accesses)
    log.failures.clear()  # those of the fault "raise"
    assert "/contacts" in out.getvalue()
    assert not {"amber", "nobody"} & set(re.findall(r"\w+", out.getvalue()))


@pytest.mark.parametrize("log_format", ["json", "text"])
@pytest.mark.parametrize("error", [KeyError, LookupError])
@pytest.mark.parametrize("name", ["amber", 'am"ber', "am\\ber", "am'ber", "zoë amber"])
def test_usernames_in_a_foreign_exception(log_format: str, error: type[Exception], name: str) -> None:
    """A username in the text of an exception is hidden, however it is escaped there."""
    out = io.StringIO()
    log = Logger(namespace="x", observer=log_observer(log_format, out))
    log.failure("a bug", Failure(error(name)), usernames=["", name])
    assert f"{error.__name__}: " in out.getvalue()
    assert "***" in out.getvalue()
    assert "ber" not in out.getvalue()


@pytest.mark.parametrize(("usernames", "shown"), [(False, "***"), (True, "dustin")])
def test_usernames(usernames: bool, shown: str) -> None:
    """Where a username is hidden, the message says that there was one."""
    out = io.StringIO()
    log = Logger(namespace="x", observer=log_observer("text", out, usernames=usernames))
    log.info("no contacts for {username!r}", username="dustin")
    assert out.getvalue().endswith(f"[x#info] no contacts for '{shown}'\n")
