"""``/requests``: what was asked, for assertions."""

from ipaddress import ip_network
from typing import Any

import pytest

from service.web.journal import MAX_KEPT
from tests.web.memory import Web
from tests.wire.wires import Wire


def asked(web: Web) -> list[Any]:
    """What was asked, without the ids."""
    entries = web.get("/requests").json["requests"]
    return [[entry[name] for name in ("method", "path", "query", "status", "seconds")] for entry in entries]


def test_in_order(web: Web) -> None:
    """Requests are listed in the order in which they have arrived, those in progress without a status."""
    hanging = web.send("/contacts?username=dustin~hang")
    web.get("/user-info?username=jimbo")
    web.get("/nowhere", method="HEAD")
    assert asked(web) == [
        ["GET", "/contacts", "username=dustin~hang", None, None],
        ["GET", "/user-info", "username=jimbo", 404, 0.0],
        ["HEAD", "/nowhere", "", 404, 0.0],
    ]
    web.advance(5)
    assert asked(web)[0] == ["GET", "/contacts", "username=dustin~hang", 504, 5.0]
    assert web.answer(hanging).header("X-Request-Id") == web.get("/requests").json["requests"][0]["request_id"]


def test_as_it_was_sent(web: Web) -> None:
    """Path and query are as they were sent."""
    web.get("/contacts?username=zo%C3%AB&x=?")
    assert asked(web)[0][1:3] == ["/contacts", "username=zo%C3%AB&x=?"]


def test_a_client_that_leaves(web: Web) -> None:
    """A client that has disconnected is listed as 499."""
    wire = Wire(web.connections)
    wire.send(b"GET /contacts?username=dustin~hang HTTP/1.1\r\nHost: localhost\r\n\r\n")
    web.clock.advance(2)
    wire.transport.loseConnection()
    assert asked(web) == [["GET", "/contacts", "username=dustin~hang", 499, 2.0]]


def test_what_is_left_out(web: Web) -> None:
    """Requests with which tests look at the service are not listed."""
    for path in ("/requests", "/xray", "/clock", "//requests", "/%72equests", "/metrics"):
        web.get(path)
    assert asked(web) == []


def test_forgetting(web: Web) -> None:
    """The list can be emptied; a request in progress then ends unseen."""
    web.send("/contacts?username=dustin~hang")
    web.get("/livez")
    assert web.get("/requests", method="DELETE").json == {"forgotten": 2}
    web.advance(5)
    assert asked(web) == []


def test_forgetting_what_was_counted(web: Web) -> None:
    """With the list, the calls are forgotten that the fault ``~fail`` has counted."""
    paths = [
        "/contacts?username=dustin~fail",
        "/page-title?url=http://buildbot.net/~fail",
        "/livez?username=dustin~html~fail",
    ]
    for _ in range(2):
        assert [web.get(path).status for path in paths] == [502, 502, 502]
        assert [web.get(path).status for path in paths] == [200, 200, 200]
        web.get("/requests", method="DELETE")


def test_each_client_by_itself() -> None:
    """Calls are counted for each client that a trusted proxy names."""
    web = Web(trust_proxy=(ip_network("127.0.0.0/8"),))

    def status(client: str) -> int:
        return web.get("/user-info?username=dustin~fail", headers={"X-Forwarded-For": client}).status

    assert [status("10.0.0.1"), status("10.0.0.2"), status("10.0.0.1"), status("10.0.0.2")] == [502, 502, 200, 200]


def test_many(web: Web) -> None:
    """Only the last 1,000 are kept."""
    wire = Wire(web.connections)
    for number in range(MAX_KEPT + 1):
        wire.send(b"GET /livez?%d HTTP/1.1\r\nHost: localhost\r\n\r\n" % number)
    listed = asked(web)
    assert (len(listed), listed[0][2], listed[-1][2]) == (MAX_KEPT, "1", str(MAX_KEPT))


@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_who_may(web: Web, method: str) -> None:
    """Pages of other origins may neither see nor empty the list."""
    web.get("/livez")
    answer = web.get("/requests", method=method, headers={"Origin": "http://localhost:3000"})
    assert (answer.status, answer.json["code"]) == (403, "not_local")
    assert len(asked(web)) == 1


@pytest.mark.parametrize("settings", [{"im": "ejabberd+http://im/api?domain=d&token=t"}, {"processes": 2}])
def test_only_on_fakes(settings: dict[str, Any]) -> None:
    """With real backends, or with several processes, there is no list."""
    assert Web(pages="fake:", **settings).get("/requests").status == 404
