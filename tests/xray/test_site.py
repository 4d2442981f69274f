"""X-ray in a web site of the program."""

import json
from typing import Any

import pytest
from treq.testing import StubTreq
from twisted.internet.defer import Deferred
from twisted.web.resource import Resource

from service import xray
from tests.results import result_of


class Site:
    """A site with X-ray at a path of it."""

    def __init__(self, *hosts: str) -> None:
        root = Resource()
        root.putChild(b"xray", xray.resource(*hosts))
        self.treq: Any = StubTreq(root)

    def get(self, path: str, host: str = "localhost:8080", method: str = "GET") -> tuple[int, str, bytes]:
        """Send a request; return the status, the type and the body of the response."""
        response = result_of(self.treq.request(method, f"http://{host}/xray{path}"))
        [content_type] = response.headers.getRawHeaders("Content-Type", ["none"])
        return response.code, content_type, result_of(response.content())

    def json(self, path: str) -> Any:
        """Return the JSON at a path."""
        status, content_type, body = self.get(path)
        assert (status, content_type) == (200, "application/json")
        return json.loads(body)


def test_what_waits() -> None:
    """The tree, the waiting Deferreds, the warnings and each grid are there in JSON."""
    site, d = Site(), Deferred[int]().addCallback(abs)
    number = xray.of(d).number
    assert number in [root["number"] for root in site.json("/tree")["roots"]]
    assert number in [grid["number"] for grid in site.json("/waiting")["waiting"]]
    assert isinstance(site.json("/warnings")["warnings"], list)
    seen = site.json(f"/grids/{number}")
    assert (seen["grid"]["steps"][0]["callback"], "abs" in seen["text"]) == ("abs", True)


def test_the_page() -> None:
    """The page and its files are there, and load nothing from elsewhere."""
    site = Site()
    assert site.get("/")[:2] == (200, "text/html; charset=utf-8")
    for name, content_type in (("xray.js", "javascript"), ("player.js", "javascript"), ("picture.css", "css")):
        status, sent, body = site.get(f"/static/{name}")
        assert (status, sent, b"://" in body.replace(b"http://www.w3.org", b"")) == (
            200,
            f"text/{content_type}; charset=utf-8",
            False,
        )


@pytest.mark.parametrize(
    "path", ["", "/nothing", "/static/nothing.js", "/static/..%2fsite.py", "/grids/0", "/grids/x", "/tree/x"]
)
def test_what_is_not_there(path: str) -> None:
    """Any other path is an error in JSON."""
    status, content_type, body = Site().get(path)
    assert (status, content_type, list(json.loads(body))) == (404, "application/json", ["error"])


@pytest.mark.parametrize(("host", "status"), [("127.0.0.1", 200), ("example.org", 403)])
def test_its_name(host: str, status: int) -> None:
    """Under a name that is not one of this machine, a page from elsewhere could ask."""
    assert Site().get("/tree", host)[0] == status


def test_a_name_of_its_own() -> None:
    """The program can say under which names it may be asked."""
    assert [Site("x.example").get("/tree", host)[0] for host in ("x.example", "localhost")] == [200, 403]


def test_reading_only() -> None:
    """Nothing can be changed."""
    assert [Site().get("/tree", method=method)[0] for method in ("POST", "DELETE", "HEAD")] == [405, 405, 200]
