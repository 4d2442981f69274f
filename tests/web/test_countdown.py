"""The countdown, as the EventSource of a browser receives it."""

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.log import Log
from tests.web.tab import Tab

if TYPE_CHECKING:
    from tests.web.memory import Web


@pytest.fixture
def web() -> Any:
    """The application; in the end there must not be a timer or a request left."""
    from tests.web.memory import Web

    web = Web()
    yield web
    assert web.clock.getDelayedCalls() == []
    assert len(web.in_flight) == 0


def tick(n: int) -> dict[str, str]:
    return {"event": "tick", "id": str(n), "data": json.dumps({"n": n})}


DONE = {"event": "done", "id": "done", "data": "{}"}


def test_a_tick_a_second(web: "Web") -> None:
    """The stream begins immediately, ticks every second, and ends after the ``done`` event."""
    tab = Tab(web, "/countdown?n=3")
    assert tab.head.startswith("HTTP/1.1 200 OK\r\n")
    for header in ("Content-Type: text/event-stream", "Cache-Control: no-cache", "X-Accel-Buffering: no"):
        assert header in tab.head
    seen = [tab.events]
    for _ in range(3):
        web.clock.advance(1)
        seen.append(tab.events)
    ticks = [tick(3), tick(2), tick(1), tick(0)]
    assert seen == [ticks[:1], ticks[:2], ticks[:3], [*ticks, DONE]]
    assert tab.over
    tab.leave()


def test_from_nothing(web: "Web") -> None:
    """A countdown from 0 is sent immediately and completely."""
    tab = Tab(web, "/countdown?n=0")
    assert (tab.events, tab.over) == ([tick(0), DONE], True)
    tab.leave()


def test_coming_back(web: "Web") -> None:
    """A browser that reconnects gets its stream immediately, and the next tick a second later."""
    tab = Tab(web, "/countdown?n=9", "Last-Event-ID: 3")
    assert tab.head.startswith("HTTP/1.1 200 OK\r\n")
    assert tab.events == []
    web.clock.advance(1)
    assert tab.events == [tick(2)]
    web.clock.pump([1, 1])
    assert tab.events == [tick(2), tick(1), tick(0), DONE]
    tab.leave()


def test_coming_back_after_the_last_tick(web: "Web") -> None:
    """A browser that reconnects after the last tick gets the ``done`` event."""
    tab = Tab(web, "/countdown?n=9", "Last-Event-ID: 0")
    assert (tab.events, tab.over) == ([DONE], True)
    tab.leave()


def test_coming_back_after_the_end(web: "Web") -> None:
    """A browser that reconnects after the end gets 204, which stops it from reconnecting."""
    tab = Tab(web, "/countdown?n=9", "Last-Event-ID: done")
    assert tab.head.startswith("HTTP/1.1 204 No Content\r\n")
    assert "\r\nContent-Type:" not in tab.head
    assert tab.transport.value().endswith(b"\r\n\r\n")
    tab.leave()


@pytest.mark.parametrize("last", ["10", "-1", "03", "x", "1.5", "٣", "9" * 5000, "\xff"])
def test_an_id_that_was_never_given(web: "Web", last: str) -> None:
    """An id that the stream cannot have sent gets 400, which stops a browser from reconnecting."""
    answer = web.get("/countdown?n=9", headers={"Last-Event-ID": last.encode()})
    assert (answer.status, answer.json["code"]) == (400, "bad_request")
    assert answer.json["error"] == 'Last-Event-ID must be 0 to 9 or "done"'


@pytest.mark.parametrize(
    ("query", "code", "error"),
    [
        ("", "missing_parameter", "no n specified"),
        ("?n=", "invalid_parameter", "n is blank"),
        ("?n=3&n=4", "repeated_parameter", "n is given more than once"),
        *(
            (f"?n={n}", "invalid_parameter", "n must be a whole number from 0 to 3600")
            for n in ("-1", "3601", "3.5", "three", "1e3", "+3", "%D9%A3", "0x10", "9" * 2000)
        ),
    ],
)
def test_a_bad_count(web: "Web", query: str, code: str, error: str) -> None:
    """An invalid count gets a problem document instead of a stream."""
    answer = web.get("/countdown" + query)
    assert (answer.status, answer.json["code"], answer.json["error"]) == (400, code, error)
    assert answer.header("Content-Type") == "application/problem+json"


@pytest.mark.parametrize(("n", "ticks"), [("3600", 3600), ("007", 7)])
def test_the_longest(web: "Web", n: str, ticks: int) -> None:
    """The longest countdown is an hour, and leading zeros are accepted."""
    tab = Tab(web, f"/countdown?n={n}")
    assert tab.events == [tick(ticks)]
    tab.leave()


def test_head(web: "Web") -> None:
    """HEAD gets the headers of the stream immediately."""
    tab = Tab(web, "/countdown?n=3600", method="HEAD")
    assert tab.head.startswith("HTTP/1.1 200 OK\r\n")
    assert "Content-Type: text/event-stream" in tab.head
    assert tab.transport.value().endswith(b"\r\n\r\n")
    assert tab.body == b""
    tab.leave()


@pytest.mark.parametrize("after", [0, 0.5, 3.5, 16])
@pytest.mark.parametrize("header", ["X: y", "Last-Event-ID: 99"])
def test_a_client_that_leaves(web: "Web", log: Log, after: float, header: str) -> None:
    """A client that disconnects stops the timer immediately, and is logged as 499."""
    tab = Tab(web, "/countdown?n=100", header)
    web.clock.pump([0.5] * int(after * 2))
    tab.leave()
    assert web.clock.getDelayedCalls() == []
    [line] = web.access_log
    assert line.startswith("127.0.0.1 GET /countdown 499 ")


def test_a_heartbeat(web: "Web") -> None:
    """A heartbeat comment is sent every 15 seconds."""
    tab = Tab(web, "/countdown?n=100")
    web.clock.pump([1] * 45)
    assert tab.body.count(b":\n\n") == 3
    assert tab.events == [tick(n) for n in range(100, 54, -1)]
    tab.leave()


def test_a_client_that_does_not_read(web: "Web") -> None:
    """Nothing is written to a client that does not read; when it reads again, it gets only the newest tick."""
    tab = Tab(web, "/countdown?n=100")
    tab.transport.producer.pauseProducing()
    written = len(tab.transport.value())
    web.clock.pump([1] * 20)
    assert len(tab.transport.value()) == written
    tab.transport.producer.resumeProducing()
    assert tab.events == [tick(100), tick(80)]
    web.clock.advance(1)
    assert tab.events == [tick(100), tick(80), tick(79)]
    tab.leave()


def test_a_client_that_does_not_read_for_long(web: "Web", log: Log) -> None:
    """A client that has not read for 30 seconds is disconnected, and its countdown stops."""
    tab = Tab(web, "/countdown?n=100")
    tab.transport.producer.pauseProducing()
    web.clock.pump([1] * 29)
    assert not tab.transport.aborted
    web.clock.advance(1)
    assert tab.transport.aborted
    assert " 499 " in web.access_log[0]


def test_the_end_while_a_client_does_not_read(web: "Web") -> None:
    """A client that does not read at the end is sent the newest tick and the ``done`` event."""
    tab = Tab(web, "/countdown?n=5")
    tab.transport.producer.pauseProducing()
    web.clock.pump([1] * 5)
    assert (tab.events, tab.over) == ([tick(5), tick(0), DONE], True)
    tab.leave()


def test_the_end_on_a_full_transport(web: "Web") -> None:
    """The end is sent even through a transport that pauses the stream again at every write."""
    tab = Tab(web, "/countdown?n=5")
    tab.transport.full = True
    web.clock.pump([1] * 5)
    assert (tab.events[-2:], tab.over) == ([tick(0), DONE], True)
    tab.leave()


def test_a_client_that_leaves_without_reading(web: "Web") -> None:
    """A client that stops reading and then disconnects leaves no timer behind."""
    tab = Tab(web, "/countdown?n=100")
    tab.transport.producer.pauseProducing()
    web.clock.pump([1] * 20)
    tab.leave()


def test_the_drain(web: "Web") -> None:
    """When the service stops, the stream ends with a problem without an id, so that a browser can resume it."""
    tab = Tab(web, "/countdown?n=100")
    web.in_flight.cancel_all()
    [first, problem] = tab.events
    assert first == tick(100)
    assert problem["event"] == "problem"
    assert "id" not in problem
    assert json.loads(problem["data"])["code"] == "draining"
    assert tab.over
    tab.leave()


def test_the_next_request_on_the_connection(web: "Web") -> None:
    """The connection can serve another request after the stream."""
    tab = Tab(web, "/countdown?n=0")
    tab.transport.protocol.dataReceived(b"GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n")
    assert tab.transport.value().endswith(b'{"status": "ok"}')
    tab.leave()
