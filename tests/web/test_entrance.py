"""Where requests come in from the wire: no more at once than there may be, and each told what is going on."""

import re

import pytest
from attrs import asdict

from service.web import refusals as words
from service.wire import refusals
from service.wire.refusals import Refusal
from tests.log import Log
from tests.web.memory import Web

REFUSALS = [refusal for refusal in vars(refusals).values() if isinstance(refusal, Refusal)]


def test_too_many_in_flight(log: Log) -> None:
    """One request more than there may be is answered 503 at once; when another has its answer, all is well again."""
    web = Web(in_flight=2)
    waiting = [web.send("/contacts?username=dustin~slow") for _ in range(2)]
    answer = web.get("/livez")
    assert (answer.status, answer.json["code"], answer.header("Retry-After")) == (503, "overloaded", "1")
    web.advance(1)
    assert [web.answer(d).status for d in waiting] == [200, 200]
    assert web.get("/livez").status == 200
    assert log.messages("access")[0].startswith("GET /livez 503 ")


def test_the_drain() -> None:
    """While the service stops, every answer ends its connection."""
    web = Web()
    web.application.exchanges.draining = True
    received = web.raw(b"GET /livez HTTP/1.1\r\nHost: x\r\n\r\n")
    assert b"\r\nConnection: close\r\n" in received


@pytest.mark.parametrize("refusal", REFUSALS, ids=lambda refusal: refusal.code)
def test_a_refusal(refusal: Refusal, log: Log) -> None:
    """What the wire refuses is a problem document like any other, and is in the log with its number."""
    problem = words.refuse(**asdict(refusal))
    assert re.fullmatch(
        rb'{"type": "/problems/[a-z-]+", "title": "[\w ]+", "status": \d+, "code": "%b", "error": "[^"]+", '
        rb'"request_id": "([0-9a-f]{32})"}' % refusal.code.encode(),
        problem,
    )
    [line] = log.messages("access")
    assert line.startswith(f"refused {refusal.status} {refusal.code} ")
    assert line.split()[-1] in problem.decode()


def test_a_refused_request(web: Web) -> None:
    """Bytes that are no request are answered with a problem document."""
    head, _, body = web.raw(b"nonsense\r\n\r\n").partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 400 Bad Request\r\n")
    assert b"\r\nContent-Type: application/problem+json\r\n" in head
    assert b'"code": "malformed_request_line"' in body


@pytest.mark.parametrize("path", ["/%ff", "/contacts/%80", "/%c3%28?username=dustin"])
def test_a_path_that_is_not_utf_8(web: Web, path: str) -> None:
    """A path that is not UTF-8 is a 400."""
    answer = web.get(path)
    assert (answer.status, answer.json["code"], answer.json["error"]) == (400, "bad_request", "the path is not UTF-8")


def test_an_unknown_method(web: Web) -> None:
    """A method that nobody knows is a 501."""
    answer = web.get("/contacts", method="BREW")
    assert (answer.status, answer.json["code"]) == (501, "not_implemented")
