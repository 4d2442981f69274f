"""The X-ray over HTTP."""

import time
from collections.abc import Iterator
from typing import Any

import pytest
from twisted.internet.defer import fail

from service import xray
from service.command.settings import Settings
from service.stalls import Stall
from tests.web.memory import DEFAULTS, Web
from tests.web.test_site_resource import Stock


@pytest.fixture
def web() -> Iterator[Web]:
    """The service, with X-ray on."""
    with xray.watching():
        yield Web(xray="on")


def grid_of(web: Web, path: str) -> Any:
    """Send a request, and return the grid of its chain."""
    answer = web.get(path)
    return web.get(f"/xray/{answer.header('X-Request-Id')}").json["grid"]


def way_of(grid: Any) -> list[tuple[str | None, str | None, str | None]]:
    """List what ran in a grid, the side on which the result came in, and the side on which it left."""
    return [(step[step["came"]], step["came"], step["left"]) for step in grid["steps"] if step[step["came"]]]


def test_a_good_request(web: Web) -> None:
    """The request id of a response leads to the grid of its chain, with every step and its result."""
    grid = grid_of(web, "/contacts?username=dustin")
    assert way_of(grid)[:2] == [
        ("username_asked_for", "callback", "callback"),
        ("Contacts.get_contacts", "callback", "callback"),
    ]
    assert grid["steps"][1]["gave"] == "['karl', 'amber', 'zoë']"
    assert grid["steps"][1]["returned"]["steps"][0]["callback"] == "FakeIMService.get_contact_list"
    assert grid["state"] == "fired"


def test_a_failure(web: Web) -> None:
    """A missing parameter makes the result change sides at the first step, and back at the terminal errback."""
    way = way_of(grid_of(web, "/contacts"))
    assert way[0] == ("username_asked_for", "callback", "errback")
    assert ("as_problem", "errback", "callback") in way
    assert not any(name == "contacts_body" for name, _, _ in way)


def test_stopping_what_waits(web: Web) -> None:
    """A pending request is listed with what it waits for, and can be cancelled; its client then gets 503."""
    hanging = web.send("/contacts?username=dustin~hang")
    overview = web.get("/xray").json
    [waiting] = overview["waiting"]
    assert waiting["waits_for"]["function"] == "FaultInjector.respond"
    assert waiting["waits_for"] in [summary | {"age": waiting["waits_for"]["age"]} for summary in overview["unfired"]]
    assert waiting["asks_for"] == "GET /contacts?username=dustin~hang"
    assert overview["recent"][0] == {name: value for name, value in waiting.items() if name != "waits_for"}
    assert (overview["recent"][0]["state"], overview["recent"][0]["status"]) == ("waiting", None)
    path = f"/xray/waiting/{waiting['request_id']}"
    assert web.get(path, method="DELETE").json == {"request_id": waiting["request_id"], "stopped": True}
    answer = web.answer(hanging)
    assert (answer.status, answer.json["code"]) == (503, "stopped_by_hand")
    assert web.get("/xray").json["waiting"] == []
    recent = web.get("/xray").json["recent"][0]
    assert (recent["state"], recent["status"]) == ("done", 503)
    assert web.get(path, method="DELETE").status == 404
    assert web.get(path).status == 405


def test_the_text(web: Web) -> None:
    """The grid is also drawn as text."""
    answer = web.get("/contacts?username=dustin")
    text = web.get(f"/xray/{answer.header('X-Request-Id')}").json["text"]
    assert "[username_asked_for]" in text


def test_warnings(web: Web) -> None:
    """An unhandled failure is listed among the warnings."""
    forgotten = fail(ValueError("nobody takes it"))
    [warning] = [one for one in web.get("/xray").json["warnings"] if one["function"] == "test_warnings"]
    assert (warning["why"], warning["kind"], warning["file"]) == ("unhandled", "Deferred", "tests/web/test_xray.py")
    forgotten.addErrback(lambda _: None)


def test_a_request_that_waits_for_long(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    """A request that is pending for more than a minute is listed among the warnings; an old connection is not."""
    hanging = web.send("/countdown?n=100")
    later = time.monotonic() + 61
    monkeypatch.setattr("time.monotonic", lambda: later)
    assert [(one["why"], one["function"]) for one in web.get("/xray").json["warnings"]] == [("old", "count_down")]
    hanging.cancel()
    hanging.addBoth(lambda _: None)


def test_where_chains_are_made(web: Web) -> None:
    """A chain is attributed to its route, and not to the helpers that made the Deferred."""
    made = grid_of(web, "/contacts?username=dustin")["made"]
    assert (made["function"], made["file"]) == ("Application.ajax_get_contacts", "service/web/application.py")


def test_what_is_not_remembered(web: Web) -> None:
    """An unknown request id gets 404, and requests for the X-ray itself are not recorded."""
    answer = web.get("/xray/0123")
    assert (answer.status, answer.json["code"]) == (404, "not_found")
    assert web.get("/xray").json["recent"] == []
    assert web.get(f"/xray/{answer.header('X-Request-Id')}").status == 404


@pytest.mark.parametrize("host", ["rebound.example", "127.0.0.1.example", "10.0.0.1", "localhost.example"])
@pytest.mark.parametrize("request_line", ["GET /xray", "GET /xray/1", "DELETE /xray/waiting/1"])
def test_a_page_from_elsewhere(web: Web, host: str, request_line: str) -> None:
    """A request with any other host than this machine gets 403, which protects against DNS rebinding."""
    answer = web.raw(f"{request_line} HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())
    assert answer.startswith(b"HTTP/1.1 403 Forbidden")
    assert b'"code": "not_local"' in answer


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:8080", "127.0.0.1:8080", "127.1.2.3", "[::1]:8080"])
def test_this_machine(web: Web, host: str) -> None:
    """Every loopback name and address is accepted."""
    assert web.raw(f"GET /xray HTTP/1.1\r\nHost: {host}\r\n\r\n".encode()).startswith(b"HTTP/1.1 200 OK")


def test_in_a_stock_site(web: Web) -> None:
    """A stock site of twisted.web serves the X-ray, too, with the same errors."""
    stock = Stock(web)
    assert stock.get("/xray")[1]["recent"] == []
    for path in ("/xray/1", "/xray/waiting/1", "/xray/1/2"):
        status, document = stock.get(path)
        answer = web.get(path)
        assert (status, document["code"]) == (answer.status, answer.json["code"])


def test_off() -> None:
    """If X-ray is off, its paths get 404."""
    web = Web(xray="off")
    for path in ("/xray", "/xray/1", "/xray/waiting/1"):
        assert web.get(path).status == 404


@pytest.mark.parametrize(
    ("settings", "watched"),
    [
        ({}, True),
        ({"listen": "tcp:8080:interface=localhost"}, True),
        ({"listen": r"tcp:8080:interface=\:\:1"}, True),
        ({"listen": "tcp:8080"}, False),
        ({"listen": "tcp:8080:interface=10.0.0.1"}, False),
        ({"listen": "tcp:8080:interface=127.0.0.10"}, False),
        ({"database": "sqlite:/users.db"}, False),
        ({"im": "ejabberd+http://im/api"}, False),
        ({"pages": "http:"}, True),
        ({"processes": 2}, False),
        ({"inherit": 3}, False),
        ({"xray": "off"}, False),
        ({"xray": "on", "listen": "tcp:8080", "database": "sqlite:/users.db"}, True),
    ],
)
def test_when_chains_are_watched(settings: dict[str, Any], watched: bool) -> None:
    """By default, X-ray is on only with a fake database and IM service, on localhost, in one process."""
    default = {"xray": "auto", "listen": "tcp:8080:interface=127.0.0.1"}
    assert Settings(**DEFAULTS | default | settings).is_watched is watched


def test_what_has_blocked_the_reactor(web: Web) -> None:
    """Stalls are listed, the latest first, with the code that was running."""
    assert web.stalls is not None
    assert web.get("/xray").json["stalls"] == []
    for name in ("first", "second"):
        web.stalls.stalls.append(Stall(0.2, f"in {name}", web.clock.seconds()))
        web.clock.advance(1)
    assert [(stall["stack"], stall["age"]) for stall in web.get("/xray").json["stalls"]] == [
        ("in second", 1.0),
        ("in first", 2.0),
    ]
