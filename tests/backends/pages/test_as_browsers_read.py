"""Page fetching as lenient as browsers: addresses, responses and redirects."""

import gzip
from typing import Any

import pytest
from pytest_twisted import ensureDeferred

from service.interfaces import Need
from service.urls import WebAddress
from tests.backends.pages.web import Web
from tests.backends.pages.webserver import HTML, OK, TITLE, Connection, say


@ensureDeferred
@pytest.mark.parametrize(
    "answer",
    [
        say(OK, b"Content-Type : text/html; charset=utf-8", b"Content-Length: 16", body=TITLE),
        say(OK, HTML, b"X: " + b"y" * 17_000, b"Content-Length: 16", body=TITLE),
        say(OK, HTML, b"a line that is no header", b"Content-Length: 16", body=TITLE),
        say(OK, HTML, b"Content-Encoding: utf-8", b"Content-Length: 16", body=TITLE),
        say(OK, HTML, b"Transfer-Encoding: identity", body=TITLE, hang_up=True),
        say(OK, HTML, b"Transfer-Encoding: chunked", body=b"10  \r\n" + TITLE + b"\r\n0  \r\n\r\n"),
        say(OK, HTML, b"Content-Length: -1", body=TITLE, hang_up=True),
        say(b"HTTP/1.1 103 Early Hints", b"", OK, HTML, b"Content-Length: 16", body=TITLE),
        lambda connection: connection.transport.write(b"HTTP/1.1 200 OK\n%s\nContent-Length: 16\n\n%s" % (HTML, TITLE)),
    ],
    ids=[
        *("space before the colon", "long line", "no header", "unknown coding", "identity", "padded chunks"),
        *("negative length", "early hints", "line feeds"),
    ],
)
async def test_what_browsers_read(web: Web, answer: Any) -> None:
    """What browsers read is read."""
    web.server.answer = answer
    await web.start()
    page = await web.fetch()
    assert (page.body, page.content_type, page.broken) == (TITLE, "text/html; charset=utf-8", False)
    await web.stop()


#: gzip without its trailer.
UNFINISHED = gzip.compress(TITLE)[:-8]


@ensureDeferred
@pytest.mark.parametrize(
    ("headers", "body"),
    [
        ((b"Content-Length: 100",), TITLE),
        ((b"Transfer-Encoding: chunked",), b"10\r\n" + TITLE),
        ((b"Transfer-Encoding: chunked",), b"10\r\n" + TITLE + b"\r\nzz\r\n"),
        (
            (b"Content-Encoding: gzip", b"Content-Length: %d" % (len(gzip.compress(TITLE)) - 8)),
            gzip.compress(TITLE)[:-8],
        ),
    ],
    ids=["length", "in a chunk", "bad chunk", "gzip without its trailer"],
)
async def test_what_is_read_before_a_body_breaks_off(web: Web, headers: tuple[bytes, ...], body: bytes) -> None:
    """What arrived is not lost if the rest is merely useful."""
    web.server.answer = say(OK, HTML, *headers, body=body, hang_up=True)
    await web.start()
    page = await web.fetch(need=lambda body, _: Need.USEFUL if b"</title>" in body else Need.REQUIRED)
    assert (page.body, page.broken) == (TITLE, True)
    await web.stop()


@ensureDeferred
async def test_several_types(web: Web) -> None:
    """All values of the Content-Type are passed on."""
    web.server.answer = say(OK, b"Content-Type: text/html", HTML, b"Content-Length: 16", body=TITLE)
    await web.start()
    assert (await web.fetch()).content_type == "text/html, text/html; charset=utf-8"
    await web.stop()


@ensureDeferred
@pytest.mark.parametrize(
    ("location", "path", "final"),
    [
        (b"/caf\xe9", b"/caf%E9", "/caf%E9#f"),
        ("/café".encode(), b"/caf%C3%A9", "/caf%C3%A9#f"),
        (b"/y#g", b"/y", "/y#g"),
        (b"?", b"/start?", "/start?#f"),
        (b"//page.example:PORT//a//b", b"//a//b", "//a//b#f"),
        (b"/" + b"x" * 8000, b"/" + b"x" * 8000, "/" + "x" * 8000 + "#f"),
    ],
    ids=["Latin-1", "UTF-8", "fragment", "empty query", "empty segments", "long"],
)
async def test_where_a_redirect_leads(web: Web, location: bytes, path: bytes, final: str) -> None:
    """A Location is read as browsers read it, and keeps the fragment that was asked for."""

    def answer(connection: Connection) -> None:
        if connection.path == b"/start":
            where = location.replace(b"PORT", b"%d" % web.port)
            connection.write(b"HTTP/1.1 302 Found", b"Location: " + where, b"Content-Length: 0")
        else:
            say(OK, b"Content-Length: 0")(connection)

    web.server.answer = answer
    await web.start()
    page = await web.fetch("/start#f")
    assert page.final_url == web.url(final)
    assert web.server.connections[1].path == path
    await web.stop()


@ensureDeferred
@pytest.mark.parametrize("host", ["foo_bar.example", "i❤.example", "ex%61mple", "-a-.example", "a..b", "x" * 64, "a!b"])
async def test_names_that_are_no_host_names(web: Web, host: str) -> None:
    """A host that browsers accept is looked up and connected to as it is."""
    await web.start()
    assert (await web.fetch(host=host)).body == TITLE
    expected = WebAddress.parse(web.url(host=host)).authority
    assert f"Host: {expected}".encode() in web.server.connections[0].request
    await web.stop()
