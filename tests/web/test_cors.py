"""Cross-origin requests: pages of which origins may read what, and what browsers are told before they send."""

import pytest

from tests.web.memory import Answer, Web
from tests.web.test_site_resource import Stock

ORIGIN = "https://chat.example.org"
PAGE = {"Origin": ORIGIN}
DEV = {"Origin": "http://localhost:3000"}
PREFLIGHT = {"Access-Control-Request-Method": "GET"}
EXPOSED = "X-Request-Id, Retry-After, ETag"


def shared_with(answer: Answer) -> tuple[str | None, str | None, str | None]:
    """Return who may read a response, with credentials or not, and what caches are told."""
    names = ("Access-Control-Allow-Origin", "Access-Control-Allow-Credentials", "Vary")
    allowed, credentials, vary = map(answer.header, names)
    assert answer.header("Access-Control-Expose-Headers") == (EXPOSED if allowed else None)
    return allowed, credentials, vary


@pytest.mark.parametrize(
    ("origin", "allowed"),
    [
        ("http://localhost", True),
        ("http://localhost:3000", True),
        ("https://localhost:8443", True),
        ("http://chat.localhost:5173", True),
        ("http://127.0.0.1:3000", True),
        ("http://127.255.0.9", True),
        ("http://[::1]:3000", True),
        ("null", False),
        ("http://localhost.example.org", False),
        ("http://example.org", False),
        ("http://notlocalhost", False),
        ("http://127.0.0.1.example.org", False),
        ("http://127.0.0.1:3000@example.org", False),
        ("http://[::2]", False),
        ("http://192.168.0.1", False),
        ("http://0.0.0.0:3000", False),
        ("ftp://localhost", False),
        ("http://localhost:3000/", False),
        ("http://localhost:", False),
        ("http://localhost, http://localhost:3000", False),
        ("", False),
    ],
)
def test_fakes_are_for_pages_from_this_machine(web: Web, origin: str, allowed: bool) -> None:
    """On fakes, any page that comes from a loopback address may read responses, without credentials."""
    answer = web.get("/contacts?username=dustin", headers={"Origin": origin})
    assert answer.status == 200
    assert shared_with(answer) == (origin if allowed else None, None, "Origin")


def test_a_request_without_an_origin(web: Web) -> None:
    """A response to a request of no page is stored by caches for such requests only."""
    assert shared_with(web.get("/contacts?username=dustin")) == (None, None, "Origin")


@pytest.mark.parametrize("origin", [ORIGIN, "http://localhost:3000"])
def test_real_backends_are_for_nobody_else(origin: str) -> None:
    """With a real backend, pages of other origins may read nothing unless the operator says so."""
    real = "ejabberd+http://127.0.0.1:1/api?domain=example.org&token_file=/nowhere"
    answer = Web(im=real).get("/livez", headers={"Origin": origin})
    assert shared_with(answer) == (None, None, None)


def test_listed_origins() -> None:
    """Pages of the origins that the operator lists may read responses, and send credentials."""
    web = Web(allow_origin=(ORIGIN, "https://other.example.org"))
    assert shared_with(web.get("/livez", headers=PAGE)) == (ORIGIN, "true", "Origin")
    assert shared_with(web.get("/livez", headers=DEV)) == (None, None, "Origin")
    assert shared_with(web.get("/livez")) == (None, None, "Origin")


@pytest.mark.parametrize("headers", [{}, PAGE, DEV, {"Origin": "null"}])
def test_any_origin(headers: dict[str, str]) -> None:
    """With ``*`` everybody may read responses, which are the same for all, but never with credentials."""
    assert shared_with(Web(allow_origin=("*",)).get("/livez", headers=headers)) == ("*", None, None)


#: Path -> the status of the response to GET.
PATHS = {
    "/contacts?username=dustin": 200,
    "/contacts": 400,
    "/nope": 404,
    "/contacts?username=dustin~down": 502,
    "/page-title?url=http://hudson.com": 422,
    "/": 200,
    "/console/main.js": 200,
    "/lessons/contacts/v1?username=dustin": 200,
    "/%ff": 400,
}


@pytest.mark.parametrize(("path", "status"), PATHS.items())
@pytest.mark.parametrize("method", ["GET", "HEAD", "POST"])
def test_every_response(web: Web, method: str, path: str, status: int) -> None:
    """Problems, files and lessons are shared as well, with any method."""
    answer = web.get(path, method=method, headers=DEV)
    assert answer.status == (405 if method == "POST" and path not in {"/nope", "/%ff"} else status)
    assert shared_with(answer) == (DEV["Origin"], None, "Origin")


def test_not_modified(web: Web) -> None:
    """A 304 is shared."""
    etag = web.get("/console/main.js").header("ETag") or ""
    answer = web.get("/console/main.js", headers=DEV | {"If-None-Match": etag})
    assert (answer.status, shared_with(answer)) == (304, (DEV["Origin"], None, "Origin"))


def test_a_stream(web: Web) -> None:
    """An event stream is shared."""
    received = web.raw(b"GET /countdown?n=0 HTTP/1.1\r\nHost: localhost\r\nOrigin: http://localhost:3000\r\n\r\n")
    assert b"\r\nAccess-Control-Allow-Origin: http://localhost:3000\r\n" in received
    assert b"\r\nContent-Type: text/event-stream\r\n" in received


def test_a_service_without_room() -> None:
    """A response of a service that is overloaded or stopping is shared, with the time to try again."""
    web = Web(in_flight=1)
    waiting = web.send("/contacts?username=dustin~hang")
    overloaded = web.get("/contacts?username=dustin", headers=DEV)
    preflight = web.get("/contacts", method="OPTIONS", headers=DEV | PREFLIGHT)
    web.advance(5)
    web.in_flight.draining = True
    draining = web.get("/readyz", headers=DEV)
    assert [answer.status for answer in (overloaded, preflight, web.answer(waiting), draining)] == [503, 204, 504, 503]
    assert shared_with(overloaded) == shared_with(draining) == (DEV["Origin"], None, "Origin")
    assert overloaded.header("Retry-After") == "1"


ORIGIN_LINE = b"Host: localhost\r\nOrigin: http://localhost:3000\r\n"
REFUSED = {
    b"GET /" + b"x" * 9000 + b" HTTP/1.1\r\n" + ORIGIN_LINE + b"\r\n": 414,
    b"GET / HTTP/1.1\r\n" + ORIGIN_LINE + b"X: " + b"x" * 40_000 + b"\r\n\r\n": 431,
    b"POST / HTTP/1.1\r\n" + ORIGIN_LINE + b"Content-Length: 9999999\r\n\r\n": 413,
    b"POST / HTTP/1.1\r\n" + ORIGIN_LINE + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n": 400,
    b"BREW / HTTP/1.1\r\n" + ORIGIN_LINE + b"\r\n": 501,
    b"GET / HTTP/2.0\r\n" + ORIGIN_LINE + b"\r\n": 505,
    b"GET / HTTP/1.1\r\n" + ORIGIN_LINE + b"Expect: tea\r\n\r\n": 417,
}


@pytest.mark.parametrize(("request_", "status"), REFUSED.items(), ids=map(str, REFUSED.values()))
def test_refusals_of_the_http_server(web: Web, request_: bytes, status: int) -> None:
    """What the HTTP server refuses is shared with the page that has sent it."""
    received = web.raw(request_)
    assert received.startswith(b"HTTP/1.1 %d " % status)
    assert b"\r\nAccess-Control-Allow-Origin: http://localhost:3000\r\n" in received
    assert b"\r\nVary: Origin\r\n" in received


@pytest.mark.parametrize("request_", [b"GET\r\n\r\n", b"GET / HTTP/2.0\r\nOrigin: http://example.org\r\n\r\n", b"\0"])
def test_refusals_for_others(web: Web, request_: bytes) -> None:
    """A refusal is not shared with a page that may not read it, or if who has sent the request is unknown."""
    received = web.raw(request_)
    assert received.startswith(b"HTTP/1.1 ")
    assert b"Access-Control" not in received


@pytest.mark.parametrize("allow_origin", [(), (ORIGIN,), ("*",)])
@pytest.mark.parametrize("path", ["/xray", "/xray/1", "/%78ray", "//xray", "/xray/waiting/1"])
def test_the_xray_is_never_shared(path: str, allow_origin: tuple[str, ...]) -> None:
    """The X-ray is for pages of this service, whatever the operator allows and however its path is written."""
    web = Web(xray="on", allow_origin=allow_origin)
    for origin in (DEV, PAGE):
        for method in ("GET", "OPTIONS", "POST"):
            headers = origin | PREFLIGHT
            assert "Access-Control" not in str(web.get(path, method=method, headers=headers).headers)
    for line in (b"X: " + b"x" * 40_000, b"Expect: tea"):
        refused = web.raw(b"GET %b HTTP/1.1\r\n%b%b\r\n\r\n" % (path.encode(), ORIGIN_LINE, line))
        assert b"Access-Control" not in refused
    assert web.get("/xrays", headers=PAGE if allow_origin else DEV).header("Access-Control-Allow-Origin")


@pytest.mark.parametrize("path", ["/contacts?username=dustin", "/countdown?n=3", "/nope", "/openapi.json", "/%ff"])
def test_a_preflight(web: Web, path: str) -> None:
    """A preflight is granted before anything is looked at: methods, headers that pages send, and those asked for."""
    if path == "/%ff":
        assert web.get(path, method="OPTIONS", headers=DEV | PREFLIGHT).status == 400
        return
    answer = web.get(path, method="OPTIONS", headers=DEV | PREFLIGHT)
    assert (answer.status, answer.text) == (204, b"")
    assert answer.header("Allow") == "GET, HEAD, OPTIONS"
    assert answer.header("Access-Control-Allow-Methods") == "GET, HEAD"
    assert answer.header("Access-Control-Allow-Headers") == "Authorization, traceparent, Last-Event-ID, If-None-Match"
    assert answer.header("Access-Control-Max-Age") == "600"
    assert shared_with(answer) == (DEV["Origin"], None, "Origin")


@pytest.mark.parametrize(
    ("asked_for", "added"),
    [
        ("x-mine", ", x-mine"),
        ("authorization, x-mine,x-yours", ", authorization, x-mine,x-yours"),
        ("*", ", *"),
        ("", ""),
        ("not a name", ""),
        ("x-mine,", ""),
        ("x-mine:", ""),
    ],
)
def test_headers_asked_for(web: Web, asked_for: str, added: str) -> None:
    """A preflight is granted the headers that it asks for by name; what is not a list of names is left out."""
    headers = DEV | PREFLIGHT | {"Access-Control-Request-Headers": asked_for}
    answer = web.get("/contacts", method="OPTIONS", headers=headers)
    granted = "Authorization, traceparent, Last-Event-ID, If-None-Match" + added
    assert (answer.status, answer.header("Access-Control-Allow-Headers")) == (204, granted)


def test_a_preflight_of_others(web: Web) -> None:
    """A preflight for a page that may not read the response grants nothing."""
    answer = web.get("/contacts", method="OPTIONS", headers=PAGE | PREFLIGHT)
    assert answer.status == 204
    assert "Access-Control" not in str(answer.headers)


def test_options_that_are_not_a_preflight(web: Web) -> None:
    """OPTIONS by itself is not granted anything, and there is nothing at an unknown path."""
    answer = web.get("/contacts", method="OPTIONS", headers=DEV)
    assert (answer.status, answer.header("Access-Control-Allow-Methods")) == (204, None)
    assert web.get("/nope", method="OPTIONS", headers=DEV).status == 404


def test_a_stock_site(web: Web) -> None:
    """A stock site of twisted.web sends the same headers."""
    transport = Stock(web).open("/livez", b"Origin: http://localhost:3000\r\n")
    received = transport.value()
    for line in (b"Access-Control-Allow-Origin: http://localhost:3000", b"Vary: Origin", b"Cache-Control: no-store"):
        assert b"\r\n" + line + b"\r\n" in received
    transport.loseConnection()
