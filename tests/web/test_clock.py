"""``/clock``: the time of the service, which tests move."""

from typing import Any

import pytest
from twisted.internet.defer import Deferred

from tests.results import is_pending
from tests.web.memory import Answer, Web
from tests.web.sse import events_of

#: Turns of the reactor in which an advance is over.
TURNS = 200


@pytest.fixture
def web() -> Web:
    """A service whose clock is manual."""
    return Web(clock="manual")


def advance(web: Web, query: str) -> Answer:
    """Advance the clock of the service."""
    d = web.send(f"/clock/advance?{query}", "POST")
    turn(web)
    return web.answer(d)


def turn(web: Web) -> None:
    """Let the reactor run, without any time."""
    for _ in range(TURNS):
        web.advance(0)


def id_of(web: Web, path: str) -> Any:
    """Return the id of the last request for a path."""
    entries = web.get("/requests").json["requests"]
    return [entry["request_id"] for entry in entries if entry["path"] == path][-1]


def test_a_timeout(web: Web) -> None:
    """A deadline passes when the clock is advanced, and not before, however long that takes."""
    d = web.send("/contacts?username=dustin~hang")
    web.advance(1000)
    assert is_pending(d)
    answer = advance(web, "seconds=30")
    assert answer.json == {"now": 30.0, "fired": ["or_time_out"], "answered": [id_of(web, "/contacts")]}
    assert web.answer(d).status == 504


def test_before_the_deadline(web: Web) -> None:
    """A deadline that is not due yet does not pass."""
    d = web.send("/contacts?username=dustin~hang")
    assert advance(web, "seconds=4.9").json == {"now": 4.9, "fired": [], "answered": []}
    assert is_pending(d)
    assert advance(web, "seconds=0.1").json["fired"] == ["or_time_out"]
    assert web.answer(d).json["error"] == "no answer within 5 seconds"


def test_what_is_not_slow(web: Web) -> None:
    """A request that waits for nothing is answered while the clock stands still."""
    assert web.get("/contacts?username=dustin").status == 200
    assert web.get("/readyz").json["status"] == "ok"


def test_everything_that_waits(web: Web) -> None:
    """Latency, a countdown and the deadline of a file wait on the same clock."""
    slow, ticks = web.send("/user-info?username=dustin~slow=2"), web.send("/countdown?n=3")
    file = web.send("/wait-for-file?filename=nope")
    fired = advance(web, "seconds=2").json["fired"]
    assert fired == ["count", "poll", "respond", "count", "poll"]
    assert web.answer(slow).status == 200
    assert advance(web, "seconds=28").json["fired"][-1] == "or_no_file"
    assert web.answer(file).json["error"] == "no file with that name within 30 seconds"
    assert [event["event"] for event in events_of(web.answer(ticks).text)] == ["tick"] * 4 + ["done"]


def test_a_cache(web: Web) -> None:
    """A title is fresh for a minute of this clock."""
    path = "/page-title?url=http://buildbot.net"
    web.get(path)
    assert web.get(path).header("Cache-Control") == "public, max-age=60"
    advance(web, "seconds=20&in_flight=0")
    assert web.get(path).header("Cache-Control") == "public, max-age=40"


def test_what_is_due(web: Web) -> None:
    """It says the time, and what is due next."""
    web.send("/contacts?username=dustin~slow=7")
    due = [{"name": "or_time_out", "at": 5.0}, {"name": "respond", "at": 7.0}]
    assert web.get("/clock").json == {"now": 0.0, "running": False, "due": due}
    advance(web, "seconds=5")
    assert web.get("/clock").json == {"now": 5.0, "running": False, "due": []}


def test_running_on(web: Web) -> None:
    """Time can be let run on by itself, from where it stands."""
    d = web.send("/contacts?username=dustin~hang")
    advance(web, "seconds=3")
    assert web.get("/clock", method="DELETE").json == {"now": 3.0, "running": True}
    web.advance(1.9)
    assert (is_pending(d), web.get("/clock").json["now"]) == (True, 4.9)
    web.advance(0.1)
    assert web.answer(d).status == 504


def test_waiting_for_requests(web: Web) -> None:
    """An advance waits for as many requests as it is told, which may arrive after it."""
    advancing = web.send("/clock/advance?seconds=30&in_flight=2", "POST")
    first = web.send("/contacts?username=dustin~hang")
    turn(web)
    assert is_pending(advancing)
    second = web.send("/user-info?username=dustin~hang")
    turn(web)
    assert web.answer(advancing).json["fired"] == ["or_time_out", "or_time_out"]
    assert (web.answer(first).status, web.answer(second).status) == (504, 504)


def test_requests_that_do_not_come(web: Web) -> None:
    """If the requests do not arrive within 5 seconds of real time, the clock stays where it is."""
    d = web.send("/clock/advance?seconds=30&in_flight=1", "POST")
    web.advance(5)
    answer = web.answer(d)
    assert (answer.status, answer.json["error"]) == (504, "no such number of requests in flight within 5 seconds")
    assert web.get("/clock").json["now"] == 0


def test_a_moment(web: Web) -> None:
    """Without a number, an advance waits a moment for a request; with one in flight, or after that, it begins."""
    d = web.send("/clock/advance?seconds=1", "POST")
    turn(web)
    assert is_pending(d)
    web.advance(0.2)
    turn(web)
    assert web.answer(d).json["now"] == 1
    d = web.send("/clock/advance?seconds=5", "POST")
    web.send("/contacts?username=dustin~hang")
    turn(web)
    assert web.answer(d).json["fired"] == ["or_time_out"]


def test_a_client_that_leaves(web: Web) -> None:
    """An advance that nobody waits for any more is given up."""
    d: Deferred[Any] = web.send("/clock/advance?seconds=30&in_flight=1", "POST")
    d.cancel()
    d.addErrback(lambda _: None)
    web.advance(0)
    web.send("/contacts?username=dustin~hang")
    turn(web)
    assert web.get("/clock").json["now"] == 0


@pytest.mark.parametrize(
    ("query", "error"),
    [
        ("", "no seconds specified"),
        ("seconds=1&seconds=2", "seconds is given more than once"),
        ("seconds=", "seconds is blank"),
        *(
            (f"seconds={value}", "seconds must be a number from 0 to 86400")
            for value in ("-1", "nan", "inf", "1e9", "x")
        ),
        ("seconds=1&in_flight=1&in_flight=1", "in_flight is given more than once"),
        *(
            (f"seconds=1&in_flight={value}", "in_flight must be a whole number from 0 to 1000")
            for value in ("-1", "1001", "1.5", "x")
        ),
    ],
)
def test_parameters_that_cannot_be(web: Web, query: str, error: str) -> None:
    """An invalid parameter is an error that says what is accepted, and the clock stays where it is."""
    answer = web.get(f"/clock/advance?{query}", method="POST")
    assert (answer.status, answer.json["error"]) == (400, error)
    assert web.get("/clock").json["now"] == 0


@pytest.mark.parametrize(
    ("method", "path"), [("GET", "/clock"), ("DELETE", "/clock"), ("POST", "/clock/advance?seconds=1")]
)
def test_who_may(web: Web, method: str, path: str) -> None:
    """Pages of other origins may not move the clock, or look at it."""
    answer = web.get(path, method=method, headers={"Origin": "http://localhost:3000"})
    assert (answer.status, answer.json["code"], answer.header("Access-Control-Allow-Origin")) == (
        403,
        "not_local",
        None,
    )
    assert web.get("/clock").json == {"now": 0.0, "running": False, "due": []}


def test_a_full_service() -> None:
    """The clock can be advanced when all places are taken."""
    web = Web(clock="manual", in_flight=1)
    d = web.send("/contacts?username=dustin~hang")
    assert web.get("/contacts?username=dustin").status == 503
    assert advance(web, "seconds=5").status == 200
    assert web.answer(d).status == 504


def test_other_methods(web: Web) -> None:
    """The clock is advanced by POST alone."""
    answer = web.get("/clock/advance?seconds=1")
    assert (answer.status, answer.header("Allow")) == (405, "OPTIONS, POST")


def test_without_one() -> None:
    """Where time runs by itself, there is no clock to move."""
    web = Web()
    assert [web.get("/clock").status, web.get("/clock/advance?seconds=1", method="POST").status] == [404, 404]
