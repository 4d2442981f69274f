"""Responses: the head, the framing, back-pressure, and the notification of the end."""

from typing import Any

import pytest
from twisted.python.failure import Failure
from twisted.web.http import CACHED

from tests.results import failure_of, result_of
from tests.transports import Producer
from tests.wire.corpus import GOOD, get
from tests.wire.wires import Wire


def asked(line: bytes = b"GET /wait HTTP/1.1", *fields: bytes) -> tuple[Wire, Any]:
    """Send a request that stays pending, and return it as its endpoint sees it."""
    wire = Wire()
    wire.send(get(line, *fields))
    return wire, wire.application.requests[0]


def test_one_write_for_head_and_body() -> None:
    """A response that is ready is sent in one write, with its length and the date."""
    wire = Wire()
    written: list[bytes] = []
    wire.channel.send = written.append
    wire.send(GOOD)
    [answer] = written
    assert answer.startswith(b"HTTP/1.1 200 OK\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\n")
    assert b"Content-Length: 46\r\n" in answer


def test_a_stream() -> None:
    """A response without a length is chunked; an empty write is skipped, as an empty chunk would end the body."""
    wire, request = asked(b"GET /stream HTTP/1.1")
    request.write(b"")
    request.write(b"second")
    assert wire.transport.value().endswith(b"\r\n\r\n5\r\nfirst\r\n6\r\nsecond\r\n")
    wire.application.waiting[0].callback(b"third")
    [answer] = wire.answers()
    assert (answer.body, answer.header("Transfer-Encoding")) == (b"firstsecondthird", "chunked")
    assert answer.header("Content-Length") is None
    assert wire.open


def test_a_stream_to_http_1_0() -> None:
    """To an HTTP/1.0 client, a response without a length ends with the connection."""
    wire, _ = asked(b"GET /stream HTTP/1.0", b"Connection: keep-alive")
    wire.application.waiting[0].callback(b"second")
    [answer] = wire.answers()
    assert (answer.body, answer.header("Connection")) == (b"firstsecond", "close")
    assert answer.header("Transfer-Encoding") is None
    assert not wire.open


@pytest.mark.parametrize(
    ("line", "fields", "connection"),
    [
        (b"GET /echo HTTP/1.1", (), None),
        (b"GET /echo HTTP/1.1", (b"Connection: keep-alive",), None),
        (b"GET /echo HTTP/1.1", (b"Connection: close",), "close"),
        (b"GET /echo HTTP/1.1", (b"Connection: x, CLOSE ,y",), "close"),
        (b"GET /echo HTTP/1.1", (b"Connection: x", b"Connection: close"), "close"),
        (b"GET /echo HTTP/1.1", (b"Connection: closed",), None),
        (b"GET /echo HTTP/1.0", (), "close"),
        (b"GET /echo HTTP/1.0", (b"Connection: Keep-Alive",), "keep-alive"),
        (b"GET /echo HTTP/1.0", (b"Connection: keep-alive, close",), "close"),
    ],
)
def test_whether_the_connection_stays(line: bytes, fields: tuple[bytes, ...], connection: str | None) -> None:
    """An HTTP/1.1 connection is kept alive and an HTTP/1.0 connection is closed, unless the client asks otherwise."""
    wire = Wire()
    assert wire.ask(get(line, *fields)).header("Connection") == connection
    assert wire.open == (connection != "close")


@pytest.mark.parametrize("path", [b"/echo", b"/nope", b"/stream"])
def test_head(path: bytes) -> None:
    """The response to HEAD has no body; the next response follows its headers."""
    wire = Wire()
    wire.send(get(b"HEAD %b HTTP/1.1" % path))
    for waiting in wire.application.waiting:
        waiting.callback(b"second")
    wire.send(GOOD)
    head, after = wire.answers("HEAD")
    assert head.body == b""
    assert head.header("Transfer-Encoding") is None
    assert after.status == 200


def test_head_of_a_refusal() -> None:
    """The refusal of a HEAD request has no body, whether a header or the body length is invalid."""
    wire = Wire()
    answer = wire.ask(get(b"HEAD /echo HTTP/1.1", b"X: \0"), "HEAD")
    assert (answer.status, answer.body) == (400, b"")
    wire = Wire()
    answer = wire.ask(get(b"HEAD /echo HTTP/1.1", b"Content-Length: x"), "HEAD")
    assert (answer.status, answer.body) == (400, b"")


@pytest.mark.parametrize("code", [204, 304])
def test_answers_that_have_no_body(code: int) -> None:
    """A 204 or 304 has neither a body nor a length, whatever is written."""
    wire, request = asked()
    request.setResponseCode(code)
    wire.application.waiting[0].callback(b"nothing")
    wire.send(GOOD)
    empty, after = wire.answers()
    assert (empty.status, empty.body, empty.header("Content-Length")) == (code, b"", None)
    assert after.status == 200


def test_an_empty_answer() -> None:
    """An empty response has the length 0."""
    wire, _ = asked()
    wire.application.waiting[0].callback(None)
    [answer] = wire.answers()
    assert (answer.header("Content-Length"), answer.body) == ("0", b"")


def test_a_length_beside_headers_of_twisted() -> None:
    """A response whose ``responseHeaders`` were changed still gets its length."""
    wire, request = asked()
    request.responseHeaders.addRawHeader(b"X-A", b"a")
    wire.application.waiting[0].callback(b"body")
    [answer] = wire.answers()
    assert (answer.header("X-A"), answer.header("Content-Length"), answer.body) == ("a", "4", b"body")


def test_the_reason() -> None:
    """A status has its standard reason phrase, or the given one."""
    wire, request = asked()
    request.setResponseCode(404)
    assert (request.code_message, request.code) == (b"Not Found", 404)
    request.setResponseCode(404, b"No such thing")
    wire.application.waiting[0].callback(None)
    assert wire.transport.value().startswith(b"HTTP/1.1 404 No such thing\r\n")


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        (413, b"Content Too Large"),
        (414, b"URI Too Long"),
        (416, b"Range Not Satisfiable"),
        (422, b"Unprocessable Content"),
        (505, b"HTTP Version Not Supported"),
    ],
)
def test_the_reasons(status: int, reason: bytes) -> None:
    """Reason phrases are those of RFC 9110, in any version of Python."""
    wire, request = asked()
    request.setResponseCode(status)
    wire.application.waiting[0].callback(None)
    assert wire.transport.value().startswith(b"HTTP/1.1 %d %b\r\n" % (status, reason))


def test_cookies() -> None:
    """A cookie has the given attributes, as formatted in RFC 6265."""
    wire, request = asked()
    request.addCookie(b"a", b"b")
    request.addCookie(b"c", b"d", path=b"/", max_age="60", secure=True, httpOnly=True, sameSite=b"lax")
    wire.application.waiting[0].callback(None)
    [answer] = wire.answers()
    assert answer.headers["set-cookie"] == ["a=b", "c=d; Path=/; Max-Age=60; Secure; HttpOnly; SameSite=lax"]


def test_lines_that_are_none() -> None:
    """A header value cannot inject another header line; text is accepted as well as bytes."""
    wire, request = asked()
    request.setHeader(b"X-A", b"a\r\nX-B: b")
    request.setHeader("X-C", "c")
    request.setHeader(b"X-D", b"d")
    wire.application.waiting[0].callback(None)
    [answer] = wire.answers()
    assert (answer.header("X-A"), answer.header("X-B")) == ("a X-B: b", None)
    assert (answer.header("X-C"), answer.header("X-D")) == ("c", "d")


def test_a_redirect() -> None:
    """A redirect is a 302 with a Location header."""
    wire, request = asked()
    request.redirect(b"/there")
    wire.application.waiting[0].callback(None)
    [answer] = wire.answers()
    assert (answer.status, answer.header("Location")) == (302, "/there")


@pytest.mark.parametrize(
    ("field", "cached"),
    [
        (b"X: y", False),
        (b"If-Modified-Since: Sun, 06 Nov 1994 08:49:37 GMT", True),
        (b"If-Modified-Since: Sun, 06 Nov 1994 08:49:36 GMT", False),
        (b"If-Modified-Since: yesterday", False),
    ],
)
def test_when_it_was_modified(field: bytes, cached: bool) -> None:
    """A resource that is not modified since the given date gets a 304."""
    wire, request = asked(b"GET /wait HTTP/1.1", field)
    assert request.setLastModified(784111777.5) is (CACHED if cached else None)
    assert request.code == (304 if cached else 200)
    assert request.responseHeaders.getRawHeaders("Last-Modified") == ["Sun, 06 Nov 1994 08:49:37 GMT"]
    wire.leave()


@pytest.mark.parametrize(
    ("field", "cached"),
    [(b"X: y", False), (b'If-None-Match: "a", "b"', True), (b"If-None-Match: *", True), (b'If-None-Match: "a"', False)],
)
def test_the_tag(field: bytes, cached: bool) -> None:
    """A resource whose entity tag the client has gets a 304."""
    wire, request = asked(b"GET /wait HTTP/1.1", field)
    assert request.setETag(b'"b"') is (CACHED if cached else None)
    assert request.code == (304 if cached else 200)
    wire.leave()


def test_the_end() -> None:
    """``notifyFinish`` fires at the end of the response, and later writes are ignored."""
    wire, request = asked()
    done = request.notifyFinish()
    wire.application.waiting[0].callback(None)
    assert result_of(done) is None
    written = wire.transport.value()
    request.write(b"more")
    request.finish()
    assert wire.transport.value() == written


def test_the_end_of_the_connection() -> None:
    """``notifyFinish`` fails when the client disconnects, and later writes are ignored."""
    wire, request = asked()
    done = request.notifyFinish()
    wire.leave()
    failure_of(done, Exception)
    request.write(b"more")
    request.finish()
    request.unregisterProducer()
    assert wire.transport.value() == b""


def test_a_connection_that_ends_with_the_response() -> None:
    """If sending a response ends the connection, that is its end, and no other request is waited for."""
    wire, request = asked()
    ends: list[object] = []
    request.ended = ends.append
    wire.channel.send = lambda _: wire.leave()
    wire.application.waiting[0].callback(b"body")
    assert [isinstance(end, Failure) for end in ends] == [True]
    assert not wire.factory.idle
    assert not request.finished


def test_back_pressure() -> None:
    """A producer is paused while the client does not read, and resumed afterwards, until it is unregistered."""
    wire, request = asked(b"GET /stream HTTP/1.1")
    producer = Producer()
    request.registerProducer(producer, True)
    wire.transport.full = True
    request.write(b"second")
    request.write(b"third")
    wire.transport.producer.resumeProducing()
    request.unregisterProducer()
    request.write(b"fourth")
    assert producer.told == ["pause", "pause", "resume"]
    wire.transport.producer.stopProducing()
    producer.stopProducing()
    wire.leave()


def test_back_pressure_from_before() -> None:
    """A producer that is registered while the client does not read is paused immediately."""
    wire, request = asked(b"GET /stream HTTP/1.1")
    wire.transport.producer.pauseProducing()
    producer = Producer()
    request.registerProducer(producer, True)
    assert producer.told == ["pause"]
    wire.leave()


def test_producers_that_are_pulled() -> None:
    """Pull producers are not supported."""
    wire, request = asked(b"GET /stream HTTP/1.1")
    with pytest.raises(NotImplementedError):
        request.registerProducer(Producer(), False)
    wire.leave()
