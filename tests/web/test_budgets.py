"""Budgets: what says that the service is alive takes no place, and nobody's streams take anybody else's."""

import json
from typing import Any

import pytest

from service.command.option_types import Networks
from service.wire.limits import Limits
from tests.log import Log
from tests.web.memory import Web
from tests.web.tab import Tab

STREAM = "/countdown?n=3600"
HANG = "/contacts?username=dustin~hang"
WAITS = [STREAM, "/wait-for-file?filename=never"]
#: Other ways to write the path of a stream.
DISGUISES = ["/%63ountdown?n=3600", "/countdow%6E?n=3600"]


def behind_a_proxy(**settings: Any) -> Web:
    """Return a service whose clients all come through a proxy that it trusts."""
    return Web(trust_proxy=Networks().convert("127.0.0.1", None, None), **settings)


def of(web: Web, client: str, path: str) -> Tab:
    """Send the request of a client through the proxy."""
    return Tab(web, path, f"X-Forwarded-For: {client}")


def assert_refused(tab: Tab, error: str = "the server is busy; try again in 1 second") -> None:
    """Assert that a request has got 503."""
    assert tab.status == 503
    assert "\r\nRetry-After: 1" in tab.head
    problem = json.loads(tab.transport.value().partition(b"\r\n\r\n")[2])
    assert (problem["code"], problem["error"]) == ("overloaded", error)


@pytest.mark.parametrize("path", ["/livez", "/readyz", "//livez"])
def test_alive_under_load(path: str) -> None:
    """Where every place is taken, the service still says that it is alive."""
    web = Web(in_flight=1, streams=2)
    tabs = [Tab(web, path) for path in (HANG, STREAM, STREAM)]
    assert [web.get(path).status for _ in range(3)] == [200] * 3
    assert_refused(Tab(web, "/contacts?username=dustin"))
    assert_refused(Tab(web, STREAM))
    leave(web, tabs)


def test_a_thousand_streams() -> None:
    """A thousand streams of one client, where it may have them, leave room for everybody's requests."""
    web = Web(streams_per_client=1000, limits=Limits(connections=2000))
    tabs = [Tab(web, STREAM) for _ in range(1000)]
    assert {tab.status for tab in tabs} == {200}
    assert [web.get(path).status for path in ("/livez", "/contacts?username=dustin")] == [200, 200]
    assert_refused(Tab(web, STREAM))
    leave(web, tabs)


@pytest.mark.parametrize("path", [*WAITS, *DISGUISES])
def test_one_client_cannot_starve_another(path: str) -> None:
    """A client with as many streams and waits as it may have gets 503, and another client is served."""
    web = behind_a_proxy(streams_per_client=2)
    tabs = [of(web, "192.0.2.1", path) for _ in range(2)]
    for more in WAITS:
        refused = of(web, "192.0.2.1", more)
        assert_refused(refused, "a client may have 2 streams and waits at a time: end one first")
    tabs += [of(web, "192.0.2.2", STREAM), of(web, "192.0.2.1", "/countdown?n=x")]
    assert [tab.status for tab in tabs[2:]] == [200, 503]
    assert len(web.in_flight) == 3
    leave(web, tabs)


def test_a_place_is_given_back() -> None:
    """A stream that ends, or whose client leaves, makes room for another of that client."""
    web = behind_a_proxy(streams_per_client=1)
    of(web, "192.0.2.1", STREAM).leave()
    assert of(web, "192.0.2.1", "/countdown?n=0").over
    last = of(web, "192.0.2.1", STREAM)
    assert last.status == 200
    leave(web, [last])


def test_streams_take_no_place_of_requests() -> None:
    """Streams and requests have budgets of their own; HEAD and OPTIONS of a stream are requests."""
    web = Web(in_flight=2, streams=1)
    tabs = [Tab(web, path) for path in (STREAM, HANG)]
    assert [Tab(web, STREAM, method=method).status for method in ("HEAD", "OPTIONS")] == [200, 204]
    assert_refused(Tab(web, STREAM))
    assert web.get("/contacts?username=dustin").status == 200
    leave(web, tabs)


def test_the_proxy_has_no_budget_of_a_client() -> None:
    """Where the proxy does not say who the client is, only the budget for all applies."""
    web = behind_a_proxy(streams_per_client=1, streams=3)
    tabs = [Tab(web, STREAM) for _ in range(3)]
    assert {tab.status for tab in tabs} == {200}
    assert_refused(Tab(web, STREAM))
    leave(web, tabs)


@pytest.mark.parametrize("path", ["/livez", "/readyz"])
def test_the_reserve(path: str) -> None:
    """A connection of the reserve gets the state of the service, and 503 for everything else."""
    web = Web(limits=Limits(connections=1))
    busy = Tab(web, HANG)
    alive = Tab(web, path)
    web.advance(0)
    assert alive.status == 200
    assert "\r\nConnection: close" in alive.head
    assert_refused(Tab(web, "/contacts?username=dustin"), "the server has too many connections; try again in 1 second")
    assert_refused(Tab(web, STREAM), "the server has too many connections; try again in 1 second")
    leave(web, [busy])


def test_the_access_log_names_the_client(log: Log) -> None:
    """The access log has the client's address as the proxy gives it, and a refusal that of the proxy."""
    web = behind_a_proxy()
    of(web, "192.0.2.1", "/livez")
    web.raw(b"nonsense\r\n\r\n")
    assert [line.split()[0] for line in web.access_log + log.messages("access")] == ["192.0.2.1", "127.0.0.1"]


def leave(web: Web, tabs: list[Tab]) -> None:
    """Disconnect clients; nothing of their requests is left, no place either."""
    for tab in tabs:
        tab.leave()
    assert len(web.in_flight) == 0
