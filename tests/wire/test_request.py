"""Requests as an endpoint sees them: everything that ``IRequest`` promises."""

from typing import Any

import pytest
from twisted.internet.address import IPv4Address, UNIXAddress
from twisted.web.http import parse_qs
from twisted.web.iweb import IRequest
from zope.interface import Interface
from zope.interface.verify import verifyObject

from service.wire.fields import last_value, split_fields
from service.wire.framing import frame
from service.wire.head import take_apart
from service.wire.limits import Limits
from service.wire.request import WireRequest
from tests.transports import Transport
from tests.wire.corpus import get


class Sink:
    """A connection that sends nothing."""

    send = done = date = set_producer = None

    def __init__(self) -> None:
        self.transport = Transport()
        self.peer = self.transport.getPeer()
        self.default_lines: dict[bytes, bytes] = {}


def request_of(line: bytes = b"GET /a/b%20c?d=e&d=f&g= HTTP/1.1", *fields: bytes, **options: Any) -> Any:
    """Build a request as the channel does."""
    sink: Any = Sink()
    return WireRequest.of(frame(take_apart(get(line, *fields, **options)), Limits()), sink)


def test_it_is_a_request() -> None:
    """A request provides the whole of ``IRequest``."""
    assert verifyObject(IRequest, request_of())


def test_what_was_asked() -> None:
    """Method, target and path are as received; path segments and arguments are decoded."""
    request = request_of()
    assert (request.method, request.uri, request.path) == (b"GET", b"/a/b%20c?d=e&d=f&g=", b"/a/b%20c")
    assert (request.prepath, request.postpath) == ([], [b"a", b"b c"])
    assert request.args == {b"d": [b"e", b"f"], b"g": [b""]}
    assert request.content.read() == b""


@pytest.mark.parametrize(
    "query",
    [
        *(b"a=b", b"a=b&a=c&d=e", b"a", b"a=", b"=b", b"", b"&&=&", b"a=b=c", b"a=b;c=d", b"a+b=c+d", b"%61=%62"),
        *(b"a=%zz", b"a=%e", b"a=%2", b"%=%", b"a=%2B+%26", b"a=\xff", b"a;b;c=d", b"a=b&c", b"a==b"),
    ],
)
def test_queries(query: bytes) -> None:
    """A query is parsed as in ``twisted.web``."""
    assert request_of(b"GET /?%b HTTP/1.1" % query).args == parse_qs(query, 1)


def test_an_absolute_target() -> None:
    """The host of an absolute target overrides the Host header (RFC 9112, section 3.2.2)."""
    request = request_of(b"GET http://example.org:81/a?b HTTP/1.1", host=b"Host: other")
    assert (request.uri, request.path, request.getRequestHostname()) == (b"/a?b", b"/a", b"example.org")


@pytest.mark.parametrize(
    ("host", "hostname"), [(b"a", b"a"), (b"a:80", b"a"), (b"[::1]", b"[::1]"), (b"[::1]:80", b"[::1]")]
)
def test_the_host(host: bytes, hostname: bytes) -> None:
    """The host name does not include the port."""
    assert request_of(host=b"Host: " + host).getRequestHostname() == hostname


def test_header_fields() -> None:
    """Header names are case-insensitive, and the last field of a name counts."""
    request = request_of(b"GET / HTTP/1.1", b"X-Y: a", b"x-y: b")
    assert request.getHeader(b"X-y") == b"b"
    assert request.getHeader("X-y") == "b"
    assert (request.getHeader(b"z"), request.getHeader("z")) == (None, None)
    assert request.requestHeaders.getRawHeaders(b"X-Y") == [b"a", b"b"]
    assert request.getAllHeaders() == {b"host": b"x", b"x-y": b"b"}


@pytest.mark.parametrize(
    ("lines", "value"),
    [
        (b"", None),
        (b"X: y", b"y"),
        (b"x:y", b"y"),
        (b"X:", b""),
        (b"X: \t y z\t ", b"y z"),
        (b"A: b\r\nX: 1\r\nx: 2\r\nB: c", b"2"),
        (b"A: x: 1\r\nXX: 2\r\nAX: 3", None),
    ],
)
def test_the_last_field_of_a_name(lines: bytes, value: bytes | None) -> None:
    """The last field of a name counts, wherever it is, and no other field is mistaken for it."""
    assert last_value(lines, b"x") == value
    assert dict(split_fields(lines)).get(b"x") == value


def test_cookies() -> None:
    """Cookies are found by name."""
    request = request_of(b"GET / HTTP/1.1", b"Cookie: a=b; c=d=e", b"Cookie: f = g")
    assert [request.getCookie(name) for name in (b"a", b"c", b"f", b"x")] == [b"b", b"d=e", b"g", None]


@pytest.mark.parametrize(
    ("field", "user", "password"),
    [
        (b"Authorization: Basic QWxhZGRpbjpvcGVuOnNlc2FtZQ==", b"Aladdin", b"open:sesame"),
        (b"Authorization: basic QWxhZGRpbg==", b"Aladdin", b""),
        (b"Authorization: Basic Q", b"", b""),
        (b"Authorization: Bearer QWxhZGRpbg==", b"", b""),
        (b"X: y", b"", b""),
    ],
)
def test_credentials(field: bytes, user: bytes, password: bytes) -> None:
    """Credentials are read from Basic authentication only."""
    request = request_of(b"GET / HTTP/1.1", field)
    assert (request.getUser(), request.getPassword()) == (user, password)


def test_addresses() -> None:
    """The server and client addresses are those of the connection."""
    request = request_of()
    assert request.getHost() == IPv4Address("TCP", "127.0.0.1", 80)
    assert request.getClientAddress() == IPv4Address("TCP", "127.0.0.1", 49152)
    assert request.getClientIP() == "127.0.0.1"


def test_a_client_without_an_address() -> None:
    """A client on a UNIX socket does not have an IP address."""
    request = request_of()
    request.transport.peerAddr = UNIXAddress("/run/socket")
    assert request.getClientIP() is None


def test_urls() -> None:
    """URLs of the request contain the host and scheme of the request."""
    request = request_of(host=b"Host: example.org")
    request.prepath = [b"a", b"b c"]
    assert request.prePathURL() == b"http://example.org/a/b%20c"
    assert str(request.URLPath()) == "http://example.org/a/b%20c"
    assert request.getRootURL() is None
    request.rememberRootURL()
    assert request.getRootURL() == b"http://example.org/a"
    request.setHost(b"example.com", 81)
    assert request.prePathURL() == b"http://example.com:81/a/b%20c"
    request.transport.getPeerCertificate = None
    assert request.isSecure()
    assert request.prePathURL() == b"https://example.com:81/a/b%20c"


def test_sessions() -> None:
    """Sessions are not supported."""
    with pytest.raises(NotImplementedError):
        request_of().getSession()


def test_components() -> None:
    """Components can be stored on a request."""
    request = request_of()
    assert request.getComponent(Interface, 1) == 1
    request.setComponent(Interface, 2)
    request.setComponent(IRequest, 3)
    assert (request.getComponent(Interface), request.getComponent(IRequest)) == (2, 3)
