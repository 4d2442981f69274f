"""The console over HTTP: the page, its static files and their caching, and the suggestions."""

import re
from pathlib import Path

import pytest

from fakes.injector import FakeBugError
from service.web.console.assets import load_assets
from tests.log import Log
from tests.web.memory import Web
from tests.web.test_site_resource import Stock

ASSETS = sorted(load_assets())
MOST_BYTES = 150_000


def test_the_page(web: Web) -> None:
    """The page is at the root; it may load only files of the service, and must not be framed."""
    answer = web.get("/")
    assert (answer.status, answer.header("Content-Type")) == (200, "text/html; charset=utf-8")
    assert answer.text.startswith(b"<!doctype html>")
    assert answer.header("Content-Security-Policy") == (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self';"
        " base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
    assert answer.header("Referrer-Policy") == "no-referrer"
    assert answer.header("X-Content-Type-Options") == "nosniff"


@pytest.mark.parametrize("name", ASSETS)
def test_a_file(web: Web, name: str) -> None:
    """Each file has its content type, and is not sent again to a browser that has it."""
    answer = web.get(f"/console/{name}")
    assert answer.status == 200
    kind = {"css": "text/css", "html": "text/html", "js": "text/javascript", "svg": "image/svg+xml"}[name.split(".")[1]]
    assert (answer.header("Content-Type") or "").split(";")[0] == kind
    assert answer.header("Cache-Control") == "no-cache"
    etag = answer.header("ETag") or ""
    for had in (etag, f"W/{etag}", f'"other", {etag}', "*"):
        again = web.get(f"/console/{name}", headers={"If-None-Match": had})
        assert (again.status, again.text, again.header("ETag")) == (304, b"", etag)
    head = web.raw(f"HEAD /console/{name} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
    assert b"\r\nContent-Length: %d\r\n" % len(answer.text) in head
    assert head.endswith(b"\r\n\r\n")


def test_tags() -> None:
    """Each file has a tag of its own."""
    assert len({asset.etag for asset in load_assets().values()}) == len(ASSETS)


@pytest.mark.parametrize("name", ["nope.js", "..%2fassets.py", "%2e%2e", "static", ""])
def test_no_such_file(web: Web, name: str) -> None:
    """Any other path under the console gets 404."""
    answer = web.get(f"/console/{name}")
    assert (answer.status, answer.json["code"]) == (404, "not_found")


@pytest.mark.parametrize("path", ["/", "/console/main.js", "/suggestions"])
def test_other_verbs(web: Web, path: str) -> None:
    """Only GET and HEAD are allowed."""
    answer = web.get(path, method="POST")
    assert (answer.status, answer.json["code"], answer.header("Allow")) == (
        405,
        "method_not_allowed",
        "GET, HEAD, OPTIONS",
    )


def test_in_a_stock_site(web: Web) -> None:
    """A stock site of twisted.web serves the console, too."""
    stock = Stock(web)
    assert stock.get("/suggestions")[1]["usernames"][0]["value"] == "dustin"
    for path in ("/console/nope", "/console/main.js/nope"):
        status, document = stock.get(path)
        assert (status, document["code"]) == (404, "not_found")


def test_what_the_fakes_suggest(web: Web) -> None:
    """The fakes suggest all users they know, an unknown one and each fault, and likewise pages."""
    answer = web.get("/suggestions").json
    usernames = [suggestion["value"] for suggestion in answer["usernames"]]
    assert usernames[:6] == ["dustin", "karl", "amber", "zoë", "hermit", "jimbo"]
    assert answer["usernames"][0]["about"] == "Dustin, who talks to karl, amber, zoë"
    assert answer["usernames"][4]["about"] == "Hermit, who talks to nobody"
    assert {"dustin~hang", "dustin~malformed", "dustin~raise"} < set(usernames)
    assert [suggestion["value"] for suggestion in answer["urls"]][:3] == [
        "http://buildbot.net",
        "http://hudson.com",
        "http://untitled.example",
    ]
    assert (answer["xray"], answer["tokens"], answer["clock"]) == (False, False, False)
    assert Web(clock="manual").get("/suggestions").json["clock"] is True
    assert Web(auth="jwt:https://h/keys#issuer=i&audience=a").get("/suggestions").json["tokens"] is True


#: The status for each suggested fault; that of a flaky one varies.
LEADS_TO = {
    "": 200,
    "slow": 200,
    "hang": 504,
    "down": 502,
    "malformed": 502,
    "unserialisable": 502,
    "raise": 500,
    "slow~down": 502,
    "fail=2": 502,
    "overloaded": 503,
    "limited=2": 429,
    "unauthorised": 401,
    "html": 502,
    "drip=10": 200,
}
#: Faults after which there is no whole response.
BROKEN = ("reset", "truncated")


def test_each_suggestion_is_what_it_says(web: Web, log: Log) -> None:
    """Each suggestion does what it says."""
    expected = LEADS_TO | {"jimbo": 404}
    for suggestion in web.get("/suggestions").json["usernames"]:
        plain, _, fault = suggestion["value"].partition("~")
        path = f"/contacts?username={suggestion['value']}"
        if fault in BROKEN:
            head, _, body = web.raw(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode()).partition(b"\r\n\r\n")
            assert len(body) < int(re.findall(rb"Content-Length: (\d+)", head)[0])
            continue
        d = web.send(path)
        for _ in range(50):
            web.advance(0.1)
        answer = web.answer(d)
        assert fault == "flaky" or answer.status == expected.get(plain, expected[fault])
    for suggestion in web.get("/suggestions").json["urls"][:3]:
        answer = web.get(f"/page-title?url={suggestion['value']}")
        assert answer.status == (422 if "404" in suggestion["about"] else 200)
    assert len(log.flush(FakeBugError)) == 1


def test_people_of_your_own(tmp_path: Path) -> None:
    """The users in a people file are suggested instead of the default ones."""
    people = tmp_path / "people.json"
    people.write_text('{"jimbo": {"name": "Jim"}}')
    answer = Web(database=f"fake:?people={people}", im=f"fake:?people={people}").get("/suggestions").json
    assert [one["value"] for one in answer["usernames"]][:2] == ["jimbo", "jimbo~slow"]


def test_its_size() -> None:
    """All files together are small enough to load quickly."""
    assert sum(len(asset.body) for asset in load_assets().values()) < MOST_BYTES


@pytest.mark.parametrize("name", ASSETS)
def test_its_rooms(name: str) -> None:
    """Each file is small and loads nothing from elsewhere; scripts and style sheets start with a comment."""
    text = load_assets()[name].body.decode()
    assert len(text.splitlines()) <= 200
    assert max(map(len, text.splitlines())) <= 120
    if name.endswith((".js", ".css")):
        assert re.match(r"(// |/\* )[A-Z]", text)
    assert not re.search(r"https?://(?!www\.w3\.org/|buildbot\.net)", text)
    assert not re.search(r"\son[a-z]+=|style=|javascript:|innerHTML|eval\(", text)
