"""A request as a Klein endpoint sees it: all of ``IRequest``, computed when it is asked for."""

from base64 import b64decode
from binascii import Error as NoBase64
from functools import cached_property
from io import BytesIO
from typing import Any, Self
from urllib.parse import quote, unquote_to_bytes

from twisted.internet.address import IPv4Address, IPv6Address
from twisted.internet.interfaces import IAddress
from twisted.python.urlpath import URLPath
from twisted.web.http import CACHED, datetimeToString, stringToDatetime
from twisted.web.http_headers import Headers
from twisted.web.iweb import IRequest
from zope.interface import implementer

from service.wire.fields import last_value, split_fields
from service.wire.framing import Framed
from service.wire.interfaces import Connection
from service.wire.response import Response

_PERCENT = ord("%")


@implementer(IRequest)
class WireRequest(Response):
    """One request on a connection and, as ``IRequest`` has it, the response.

    Bodies are discarded before, so ``content`` is empty. Sessions are not supported.
    """

    #: Klein's own: an endpoint builds URLs with it.
    mapper: Any
    #: Whether its connection is one of the reserve, beyond the limit on connections.
    reserve = False
    _args: dict[bytes, list[bytes]] | None = None
    _components: dict[Any, Any] | None = None
    _root: bytes | None = None

    def __init__(  # noqa: PLR0913, PLR0917  the first five are what a plain request consists of
        self,
        connection: Connection,
        method: bytes,
        target: bytes,
        lines: bytes,
        host: bytes,
        minor_version: int = 1,
        *,
        keep_alive: bool = True,
    ) -> None:
        self.connection = connection
        self.transport = connection.transport
        self.method = method
        self.no_body = method == b"HEAD"
        self.uri = target
        self.path, _, self._query = target.partition(b"?")
        self._lines = lines
        self._host = host
        self.minor_version = minor_version
        self.keep_alive = keep_alive
        self._plain = connection.default_lines.copy()

    @classmethod
    def of(cls, framed: Framed, connection: Connection) -> Self:
        """Make a request of what was read."""
        keep_alive = framed.keep_alive and not framed.expects_continue
        asked = framed.method, framed.target, framed.lines, framed.host, framed.minor_version
        return cls(connection, *asked, keep_alive=keep_alive)

    def __repr__(self) -> str:
        return f"<WireRequest {self.method.decode()} {self.uri.decode('latin-1')}>"

    @cached_property
    def content(self) -> BytesIO:
        return BytesIO()

    @cached_property
    def prepath(self) -> list[bytes]:
        return []

    def setComponent(self, interface: Any, component: Any) -> None:
        if self._components is None:
            self._components = {}
        self._components[interface] = component

    def getComponent(self, interface: Any, default: Any = None) -> Any:
        return (self._components or {}).get(interface, default)

    @property
    def args(self) -> dict[bytes, list[bytes]]:
        """See ``IRequest``; parsed as ``twisted.web`` parses them."""
        if self._args is None:
            self._args = {}
            unquoted = unquote_to_bytes if _PERCENT in self._query else bytes  # the latter returns bytes as they are
            for pair in self._query.replace(b"+", b" ").replace(b";", b"&").split(b"&"):
                name, equals, value = pair.partition(b"=")
                if equals:
                    self._args.setdefault(unquoted(name), []).append(unquoted(value))
        return self._args

    @cached_property
    def postpath(self) -> list[bytes]:
        return [unquote_to_bytes(part) for part in self.path[1:].split(b"/")]

    @cached_property
    def _fields(self) -> list[tuple[bytes, bytes]]:
        return split_fields(self._lines)

    @cached_property
    def requestHeaders(self) -> Headers:
        headers = Headers()
        for name, value in self._fields:
            headers.addRawHeader(name, value)
        return headers

    def getHeader(self, key: Any) -> Any:
        if isinstance(key, bytes):
            return last_value(self._lines, key.lower())
        value = self.getHeader(key.encode("latin-1"))
        return None if value is None else value.decode()

    def setLastModified(self, when: float) -> Any:
        self.setHeader(b"Last-Modified", datetimeToString(when))
        try:
            since = stringToDatetime(self.getHeader(b"if-modified-since") or b"")
        except (ValueError, LookupError):  # the field is missing, or is not a date
            return None
        if int(when) > since:
            return None
        self.setResponseCode(304)
        return CACHED

    def setETag(self, etag: bytes) -> Any:
        self.setHeader(b"ETag", etag)
        lines = (value for name, value in self._fields if name == b"if-none-match")
        tags = b",".join(lines).replace(b",", b" ").replace(b"W/", b"").split()  # compared weakly
        if b"*" not in tags and etag not in tags:  # RFC 9110, section 13.1.2
            return None
        self.setResponseCode(304)
        return CACHED

    def getAllHeaders(self) -> dict[bytes, bytes]:
        return dict(self._fields)

    def getCookie(self, key: bytes) -> bytes | None:
        lines = (value for name, value in self._fields if name == b"cookie")
        pairs = (pair.partition(b"=") for line in lines for pair in line.split(b";"))
        return {name.strip(): value.strip() for name, _, value in pairs}.get(key)

    def getRequestHostname(self) -> bytes:
        host, colon, port = self._host.rpartition(b":")
        return host if colon and not port.endswith(b"]") else self._host

    def getHost(self) -> IAddress:
        return self.transport.getHost()

    def setHost(self, host: bytes, port: int, ssl: int = 0) -> None:  # noqa: ARG002  the transport knows that
        """See ``IRequest``."""
        self._host = b"%b:%d" % (host, port)

    def getClientIP(self) -> str | None:
        peer = self.transport.getPeer()
        return str(peer.host) if isinstance(peer, IPv4Address | IPv6Address) else None

    def isSecure(self) -> bool:
        return hasattr(self.transport, "getPeerCertificate")

    def _credentials(self) -> tuple[bytes, bytes]:
        scheme, _, encoded = (self.getHeader(b"authorization") or b"").partition(b" ")
        try:
            user, _, password = b64decode(encoded if scheme.lower() == b"basic" else b"").partition(b":")
        except NoBase64:
            return b"", b""
        return user, password

    def getUser(self) -> bytes:
        return self._credentials()[0]

    def getPassword(self) -> bytes:
        return self._credentials()[1]

    def getSession(self, sessionInterface: Any = None) -> Any:
        """See ``IRequest``; sessions are not supported."""
        raise NotImplementedError

    def prePathURL(self) -> bytes:
        scheme = b"https" if self.isSecure() else b"http"
        return b"%b://%b/%b" % (scheme, self._host, quote(b"/".join(self.prepath)).encode())

    def URLPath(self) -> URLPath:
        return URLPath.fromBytes(self.prePathURL())

    def rememberRootURL(self) -> None:
        self._root = self.prePathURL().rpartition(b"/")[0]

    def getRootURL(self) -> bytes | None:
        return self._root
