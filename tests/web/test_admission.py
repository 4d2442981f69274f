"""Admission control: the concurrency limit, the drain, and refusals."""

import json
import re

import pytest

from service.wire.errors import STATUS, ProtocolError
from service.wire.response import Response
from tests.log import Log
from tests.web.memory import Web
from tests.wire.wires import Wire


def test_too_many_in_flight(log: Log) -> None:
    """A request above the concurrency limit gets 503 immediately; once others end, requests are accepted again."""
    web = Web(in_flight=2)
    waiting = [web.send("/contacts?username=dustin~slow") for _ in range(2)]
    answer = web.get("/contacts?username=dustin")
    assert (answer.status, answer.json["code"], answer.header("Retry-After")) == (503, "overloaded", "1")
    web.advance(1)
    assert [web.answer(d).status for d in waiting] == [200, 200]
    assert web.get("/contacts?username=dustin").status == 200
    assert web.access_log[0].startswith("127.0.0.1 GET /contacts 503 ")


def test_the_drain() -> None:
    """While the service drains, every response closes its connection."""
    web = Web()
    web.in_flight.draining = True
    received = web.raw(b"GET /livez HTTP/1.1\r\nHost: x\r\n\r\n")
    assert b"\r\nConnection: close\r\n" in received


@pytest.mark.parametrize("code", STATUS)
def test_a_refusal(code: str, web: Web, log: Log) -> None:
    """A request that the HTTP server refuses gets a problem document, and is logged with its request id."""
    response = Response(Wire().channel, 1, keep_alive=False, no_body=False)
    problem = json.loads(web.admission.refuse(ProtocolError(code), response, b"", b""))
    assert list(problem) == ["type", "title", "status", "code", "error", "request_id", "trace_id"]
    assert (problem["status"], problem["code"], response.code) == (STATUS[code], code, STATUS[code])
    headers = response.responseHeaders
    assert headers.getRawHeaders("X-Request-Id") == [problem["request_id"]]
    assert headers.hasHeader("Retry-After") is (STATUS[code] == 503)
    assert log.messages("access") == [f"127.0.0.1 refused {STATUS[code]} {code} {problem['request_id']}"]


@pytest.mark.parametrize(
    "request_line", ["GET /livez", "GET /contacts", "GET /nope", "OPTIONS *", "GET", "GET /", "GET /countdown?n=1"]
)
def test_the_headers_of_every_response(web: Web, request_line: str) -> None:
    """Every response has a request id and forbids MIME sniffing, whichever part of the service makes it."""
    head = web.raw(f"{request_line} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode()).partition(b"\r\n\r\n")[0]
    assert re.search(rb"\r\nX-Request-Id: [0-9a-f]{32}(\r\n|$)", head)
    assert b"\r\nX-Content-Type-Options: nosniff" in head


def test_a_refused_request(web: Web) -> None:
    """Bytes that are not an HTTP request get a problem document."""
    head, _, body = web.raw(b"nonsense\r\n\r\n").partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 400 Bad Request\r\n")
    assert b"\r\nContent-Type: application/problem+json\r\n" in head
    assert b'"code": "malformed_request_line"' in body


@pytest.mark.parametrize("path", ["/%ff", "/contacts/%80", "/%c3%28?username=dustin"])
def test_a_path_that_is_not_utf_8(web: Web, path: str) -> None:
    """A path that is not UTF-8 gets 400."""
    answer = web.get(path)
    assert (answer.status, answer.json["code"], answer.json["error"]) == (400, "bad_request", "the path is not UTF-8")


def test_an_unknown_method(web: Web) -> None:
    """An unknown method gets 501."""
    answer = web.get("/contacts", method="BREW")
    assert (answer.status, answer.json["code"]) == (501, "not_implemented")
