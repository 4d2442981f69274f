"""The description of the API and the explanations of problems, over HTTP."""

import re

import pytest

from service.errors import RefusedRequest
from service.web.openapi.routes import SLUGS
from service.web.problem_types import PROBLEM_TYPES
from service.wire.errors import STATUS
from tests.test_errors import classes
from tests.web.memory import Web
from tests.web.test_site_resource import Stock

PATHS = ["/openapi.json", "/problems", *(f"/problems/{slug}" for slug in SLUGS)]


@pytest.mark.parametrize("path", PATHS[:3])
def test_revalidation(web: Web, path: str) -> None:
    """A browser that has the current response gets 304, with the headers of the response."""
    answer = web.get(path)
    etag = answer.header("ETag") or ""
    assert re.fullmatch('"[0-9a-f]{32}"', etag)
    assert (answer.status, answer.header("Cache-Control")) == (200, "no-cache")
    assert answer.header("Content-Type") == "application/json"
    for method in ("GET", "HEAD"):
        again = web.get(path, method=method, headers={"If-None-Match": etag})
        assert (again.status, again.text, again.header("ETag")) == (304, b"", etag)
        assert again.header("Cache-Control") == "no-cache"
    assert Web().get(path).header("ETag") == etag


def test_the_page_leads_to_the_description(web: Web) -> None:
    """Programs and people find the description from the page."""
    answer = web.get("/")
    assert answer.header("Link") == '</openapi.json>; rel="service-desc"; type="application/json"'
    assert b'<link rel="service-desc" href="/openapi.json" type="application/json">' in answer.text


def test_every_problem_has_a_type() -> None:
    """Whatever code a problem document can have, its type is explained, with the same title and status."""
    errors = {error.code: error for _, error in classes() if "code" in vars(error) and error is not RefusedRequest}
    assert PROBLEM_TYPES.keys() == errors.keys() | STATUS.keys() | {"bad_gateway"}
    for code, error in errors.items():
        found = PROBLEM_TYPES[code]
        assert (found.title, found.status) == (error.title, error.status)
        assert {"meaning", "when", "advice"} <= vars(error).keys()
    assert {code: PROBLEM_TYPES[code].status for code in STATUS} == STATUS


@pytest.mark.parametrize("code", PROBLEM_TYPES)
def test_a_type(web: Web, code: str) -> None:
    """The type of a problem is a path, where it says in sentences what it means, when it happens and what to do."""
    answer = web.get(PROBLEM_TYPES[code].type)
    assert answer.status == 200
    assert list(answer.json) == ["type", "title", "status", "code", "meaning", "when", "advice"]
    assert answer.json["type"] == f"/problems/{code.replace('_', '-')}"
    for name in ("meaning", "when", "advice"):
        assert re.fullmatch(r"[A-Z].*\.", answer.json[name])


def test_all_types(web: Web) -> None:
    """All types are listed, by status."""
    problems = web.get("/problems").json["problems"]
    assert [web.get(one["type"]).json for one in problems] == problems
    assert [one["status"] for one in problems] == sorted(one["status"] for one in problems)


@pytest.mark.parametrize("path", ["/contacts", "/contacts?username=jimbo", "/nope", "/problems/nope", "/%ff"])
def test_the_type_of_a_problem_leads_somewhere(web: Web, path: str) -> None:
    """The type of a problem document leads to the explanation of its code."""
    problem = web.get(path).json
    assert web.get(problem["type"]).json["code"] == problem["code"]


@pytest.mark.parametrize("path", ["/problems/", "/problems/missing_parameter", "/problems/timeout/", "/openapi"])
def test_what_is_not_there(web: Web, path: str) -> None:
    """There is nothing at other paths."""
    assert web.get(path).status == 404


def test_in_a_stock_site(web: Web) -> None:
    """A stock site of twisted.web serves the description, too."""
    assert Stock(web).get("/problems/timeout")[1]["code"] == "timeout"
