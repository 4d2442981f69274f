"""Caching: what browsers and proxies may keep, and for how long."""

import pytest

from tests.web.memory import Answer, Web

#: Headers that are the same for GET, HEAD and 304.
SAME = ("Cache-Control", "ETag", "Vary", "X-Content-Type-Options", "Content-Security-Policy", "Referrer-Policy")
PRIVATE = [
    *("/contacts?username=dustin", "/user-info?username=dustin", "/user-name?username=jimbo", "/users?username=dustin"),
    *("/contacts", "/contacts?username=jimbo", "/nope", "/livez", "/readyz", "/suggestions", "/lessons"),
    "/lessons/contacts/v1?username=dustin",
]
TITLE = "/page-title?url=http://buildbot.net"


def headers_of(answer: Answer) -> dict[str, str | None]:
    """Return the headers that do not depend on the method."""
    return {name: answer.header(name) for name in SAME}


@pytest.mark.parametrize("path", PRIVATE)
@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
def test_what_nobody_keeps(web: Web, method: str, path: str) -> None:
    """No cache keeps what is about people, what changes all the time, or an error."""
    assert web.get(path, method=method).header("Cache-Control") == "no-store"


@pytest.mark.parametrize(("seconds", "left"), [(0, 60), (0.5, 59), (10, 50), (59.5, 0), (60, 60)])
def test_a_title(web: Web, seconds: float, left: int) -> None:
    """Anyone may keep a title for what is left of its minute, after which it is fetched again."""
    assert web.get(TITLE).header("Cache-Control") == "public, max-age=60"
    web.clock.advance(seconds)
    for method in ("GET", "HEAD"):
        assert web.get(TITLE, method=method).header("Cache-Control") == f"public, max-age={left}"


@pytest.mark.parametrize(("url", "status"), [("http://buildbot.net/~slow=0.1", 200), ("http://hudson.com", 422)])
def test_a_title_that_may_not_be_kept(web: Web, url: str, status: int) -> None:
    """No cache keeps an error, or a title whose page forbids that, as a page with a fault does."""
    answer = web.get(f"/page-title?url={url}", after=1)
    assert (answer.status, answer.header("Cache-Control")) == (status, "no-store")


@pytest.mark.parametrize("path", ["/", "/console/main.js"])
def test_what_is_revalidated(web: Web, path: str) -> None:
    """A static file has a strong ETag; HEAD and 304 have the headers that GET has."""
    answer = web.get(path)
    etag = answer.header("ETag") or ""
    assert etag.startswith('"')
    assert answer.header("Cache-Control") == "no-cache"
    head = web.get(path, method="HEAD")
    again = web.get(path, headers={"If-None-Match": etag})
    head_again = web.get(path, method="HEAD", headers={"If-None-Match": etag})
    assert [one.status for one in (answer, head, again, head_again)] == [200, 200, 304, 304]
    assert headers_of(answer) == headers_of(head) == headers_of(again) == headers_of(head_again)


@pytest.mark.parametrize("path", ["/contacts?username=dustin", "/contacts", "/console/nope", "/nope", TITLE, "/livez"])
@pytest.mark.parametrize("tag", ["*", '"x"'])
def test_what_has_no_tag(web: Web, path: str, tag: str) -> None:
    """A response without an ETag, such as an error, is sent in full whatever the browser has."""
    plain = web.get(path)
    answer = web.get(path, headers={"If-None-Match": tag})
    assert (answer.status, answer.length) == (plain.status, plain.length)
    assert answer.status != 304


def test_several_lines_of_tags(web: Web) -> None:
    """All lines of ``If-None-Match`` count."""
    etag = web.get("/console/main.js").header("ETag") or ""
    lines = f'If-None-Match: {etag}\r\nIf-None-Match: "other"\r\n'
    received = web.raw(f"GET /console/main.js HTTP/1.1\r\nHost: localhost\r\n{lines}\r\n".encode())
    assert received.startswith(b"HTTP/1.1 304 ")
