"""Plain requests, which are read in one go, with the same result as by the other reader."""

import pytest

from service.wire.errors import ProtocolError
from service.wire.framing import frame
from service.wire.head import HeadReader, take_apart
from service.wire.limits import Limits
from service.wire.plain import read_plain
from tests.wire.corpus import CORPUS, get
from tests.wire.mutations import mutate

LIMITS = Limits()
#: What a browser sends.
BROWSER = get(
    b"GET /contacts?username=zo%C3%AB HTTP/1.1",
    b"Connection: keep-alive",
    b'sec-ch-ua: "Chromium";v="130", "Not?A_Brand";v="99"',
    b"User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0",
    b"Accept: */*",
    b"Accept-Encoding: gzip, deflate, br, zstd",
    b"Cookie: a=b; c=\xc3\xab",
    host=b"Host: localhost:8080",
)


def read(data: bytes) -> tuple[bytes, bytes, bytes, bytes] | None:
    """Read a plain request within the default limits."""
    return read_plain(data, min(LIMITS.request_line, LIMITS.headers), LIMITS.fields)


@pytest.mark.parametrize("request_line", [b"GET / HTTP/1.1", b"DELETE /a//b?c=%00 HTTP/1.1"])
def test_plain(request_line: bytes) -> None:
    """A request with a host and no body is plain."""
    assert read(get(request_line)) is not None
    assert read(BROWSER) is not None


@pytest.mark.parametrize(
    "data",
    [
        get(b"GET / HTTP/1.0"),
        get(b"GET * HTTP/1.1"),
        get(b"GET /#a HTTP/1.1"),
        get(b"BREW / HTTP/1.1"),
        get(b"GET / HTTP/1.1", b"Connection: close"),
        get(b"GET / HTTP/1.1", b"content-LENGTH: 0"),
        get(b"GET / HTTP/1.1", b"Transfer-Encoding: chunked"),
        get(b"GET / HTTP/1.1", b"Expect: 100-continue"),
        get(b"GET / HTTP/1.1", b"Host: twice"),
        get(b"GET / HTTP/1.1", host=b"Host: [::1]"),
        get(b"GET / HTTP/1.1", b"A: b\nC: d"),
        get(b"GET / HTTP/1.1") * 2,
        get(b"GET / HTTP/1.1")[:-1],
        get(b"GET /" + b"a" * 8192 + b" HTTP/1.1"),
        get(b"GET / HTTP/1.1", *[b"A: b"] * 100),
    ],
)
def test_not_plain(data: bytes) -> None:
    """Whatever else is left to the other reader."""
    assert read(data) is None


def test_the_same_result() -> None:
    """What is plain is understood as the other reader understands it, for hostile requests as well."""
    requests = [BROWSER, *(request for request, _ in CORPUS.values()), *map(mutate, range(5000))]
    plain = [(request, taken) for request in requests if (taken := read(request)) is not None]
    assert len(plain) > 100
    for request, (method, target, lines, host) in plain:
        head = HeadReader(LIMITS).read(bytearray(request))
        assert head == take_apart(request)
        framed = frame(take_apart(request), LIMITS)
        assert framed[:4] == (method, target, host, 1)
        assert (framed.keep_alive, framed.length, framed.expects_continue) == (True, 0, False)
        assert framed.lines == lines.removesuffix(b"\r\n")


def test_what_is_refused() -> None:
    """Nothing is plain that the other reader refuses."""
    for request, _ in CORPUS.values():
        try:
            head = HeadReader(LIMITS).read(bytearray(request))
            assert head is not None
            frame(head, LIMITS)
        except ProtocolError:
            assert read(request) is None
