"""Trace context and request ids over HTTP: what is taken from clients, and where it is said again."""

import json
import re
from typing import Any

import pytest
from twisted.internet.error import ConnectionLost
from twisted.python.failure import Failure

from service.wire.request import WireRequest
from tests.log import Log
from tests.web.memory import Web

TRACE = "0af7651916cd43dd8448eb211c80319c"
PARENT = f"00-{TRACE}-b7ad6b7169203331-01"


@pytest.mark.parametrize("path", ["/contacts", "/contacts?username=jimbo", "/nope", "/%ff"])
def test_the_trace_of_a_problem(web: Web, path: str) -> None:
    """A problem names the trace of its request; without one that is a new trace, with the id of the request."""
    problem = web.get(path).json
    assert problem["trace_id"] == problem["request_id"]
    assert web.get(path, headers={"traceparent": PARENT}).json["trace_id"] == TRACE
    assert re.fullmatch("[0-9a-f]{32}", problem["trace_id"])


def test_several_users(web: Web) -> None:
    """The problem of one of several users names the trace, too."""
    errors = web.get("/users?username=jimbo~down", headers={"traceparent": PARENT}).json["errors"]
    assert errors["jimbo~down"]["trace_id"] == TRACE


@pytest.mark.parametrize("lines", [b"traceparent: %b\r\n" % PARENT.encode(), b""])
def test_a_refusal(web: Web, lines: bytes) -> None:
    """What the HTTP server refuses belongs to a trace, too."""
    received = web.raw(b"GET / HTTP/2.0\r\nHost: localhost\r\n%b\r\n" % lines)
    problem = json.loads(received.partition(b"\r\n\r\n")[2])
    assert problem["trace_id"] == (TRACE if lines else problem["request_id"])


@pytest.mark.parametrize(
    ("headers", "trace", "parent"),
    [
        ({}, None, ""),
        ({"traceparent": PARENT, "X-Request-Id": "abc-1"}, TRACE, "abc-1"),
        ({"traceparent": [PARENT, PARENT], "X-Request-Id": ""}, None, ""),
        ({"traceparent": "nonsense", "X-Request-Id": "x" * 129}, None, ""),
        ({"X-Request-Id": "x" * 128}, None, "x" * 128),
        ({"X-Request-Id": "a b"}, None, ""),
        ({"X-Request-Id": "é"}, None, ""),
    ],
)
def test_the_access_log(web: Web, headers: dict[str, Any], trace: str | None, parent: str) -> None:
    """The access log has the trace of a request, and the id that the client has given it beside that of the service."""
    answer = web.get("/livez", headers=headers)
    [access] = web.accesses
    assert access.request_id == answer.header("X-Request-Id")
    assert (access.trace_id, access.parent_id) == (trace or access.request_id, parent)


def test_the_log(web: Web, log: Log) -> None:
    """What is logged of a request has the trace."""
    web.get("/contacts?username=dustin~down", headers={"traceparent": PARENT})
    assert {event["trace_id"] for event in log.events if "request_id" in event} == {TRACE}


@pytest.mark.parametrize("lines", [b"Host: localhost", b"Host: localhost\r\ntraceparent: %b" % PARENT.encode()])
@pytest.mark.parametrize("lost", [None, Failure(ConnectionLost())])
def test_a_request_that_has_ended(web: Web, lines: bytes, lost: Failure | None) -> None:
    """The trace of a request that has ended can still be asked for, by what is cancelled with it."""
    request = WireRequest(web.open().protocol, b"GET", b"/", lines, b"localhost")
    exchange = web.in_flight.open(request)
    exchange.end(lost)
    assert exchange.trace_id == exchange.trace.trace_id
    if lost is not None:
        assert exchange.trace_id == (TRACE if b"traceparent" in lines else exchange.id)
