"""Who may read what: every endpoint, with and without a caller who is known."""

from typing import Any

import pytest
from twisted.internet.task import Clock

from service import xray
from tests.web.auth.issuer import Issuer, token
from tests.web.memory import Answer, Web

OPEN = ["/countdown?n=0", "/livez", "/readyz", "/", "/openapi.json", "/problems", "/lessons", "/suggestions"]
FOR_CALLERS = {
    "/user-info?username=karl": 200,
    "/user-name?username=karl": 200,
    "/users?username=karl": 200,
    "/page-title?url=http://buildbot.net": 200,
    "/wait-for-file?filename=report.csv": 504,
}


@pytest.fixture
def web(clock: Clock) -> Web:
    """The service, for those who have a token."""
    return Web(permissions=Issuer().permissions(clock))


def ask(web: Web, path: str, **claims: Any) -> Answer:
    """Send a request with a token that has these claims."""
    return web.get(path, after=31, headers={"Authorization": f"Bearer {token(**claims)}"})


@pytest.mark.parametrize("path", OPEN)
def test_what_is_open(web: Web, path: str) -> None:
    """A stream of events, health, the page and the description need no token: a browser cannot send one with these."""
    assert web.get(path, after=1).status == 200


@pytest.mark.parametrize(("path", "status"), FOR_CALLERS.items())
def test_what_is_for_callers(web: Web, path: str, status: int) -> None:
    """The other endpoints are for any caller who is known."""
    assert web.get(path).status == 401
    assert ask(web, path).status == status


@pytest.mark.parametrize(
    ("claims", "status"),
    [
        ({"sub": "dustin"}, 200),
        ({"sub": "karl"}, 403),
        ({"sub": "Dustin"}, 403),
        ({"sub": "karl", "scope": "contacts:read"}, 200),
        ({"sub": "karl", "scope": "openid contacts:read email"}, 200),
        ({"sub": "karl", "scope": "contacts:reader contacts"}, 403),
    ],
)
def test_contact_lists(web: Web, claims: dict[str, str], status: int) -> None:
    """A contact list is for its owner, and for callers with the scope for all."""
    answer = ask(web, "/contacts?username=dustin", **claims)
    assert answer.status == status
    if status == 403:
        assert (answer.json["code"], answer.json["error"]) == (
            "not_yours",
            "this contact list belongs to another user",
        )


def test_a_bad_parameter_comes_first(web: Web) -> None:
    """What is wrong with a parameter is said before who is asking is found out."""
    assert web.get("/contacts").status == 400


def test_a_page_title_is_private(web: Web) -> None:
    """Where callers have to be known, only their browsers keep a title."""
    answer = ask(web, "/page-title?url=http://buildbot.net")
    assert answer.header("Cache-Control") == "private, max-age=60"


def test_a_preflight_comes_first(web: Web) -> None:
    """A preflight, which has no token, is answered, and then the page may send one."""
    headers = {"Origin": "http://localhost:3000", "Access-Control-Request-Method": "GET"}
    answer = web.get("/contacts?username=dustin", method="OPTIONS", headers=headers)
    assert answer.status == 204
    assert "Authorization" in (answer.header("Access-Control-Allow-Headers") or "")


def test_the_step_in_the_picture(clock: Clock) -> None:
    """A refusal takes the errbacks like any other failure, from a step of its own."""
    with xray.watching():
        web = Web(permissions=Issuer().permissions(clock), xray="on")
        answer = web.get("/contacts?username=dustin")
        grid = web.get(f"/xray/{answer.header('X-Request-Id')}").json["grid"]
    way = [(step[step["came"]], step["came"], step["left"]) for step in grid["steps"] if step["came"]]
    assert way[:2] == [
        ("username_asked_for", "callback", "callback"),
        ("Permissions.allowed_to_read", "callback", "errback"),
    ]
