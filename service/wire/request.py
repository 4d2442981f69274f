"""A request as a Klein endpoint sees it: all of ``IRequest``, and no more done for it than is asked for."""

from base64 import b64decode
from binascii import Error as NoBase64
from functools import cached_property
from io import BytesIO
from typing import Any
from urllib.parse import quote, unquote_to_bytes

from twisted.internet.address import IPv4Address, IPv6Address
from twisted.internet.interfaces import IAddress
from twisted.python.urlpath import URLPath
from twisted.web.http import CACHED, datetimeToString, stringToDatetime
from twisted.web.http_headers import Headers
from twisted.web.iweb import IRequest
from zope.interface import implementer

from service.wire.framing import Framing
from service.wire.head import Head
from service.wire.response import Response
from service.wire.sink import Sink


@implementer(IRequest)
class WireRequest(Response):
    """One request on a connection, and as ``IRequest`` has it, the answer to it.

    Bodies are thrown away before it comes here: its ``content`` is empty. There are no sessions.
    """

    #: Klein's own: what an endpoint makes URLs with.
    mapper: Any

    def __init__(self, head: Head, framing: Framing, sink: Sink, transport: Any, *, keep_alive: bool) -> None:
        super().__init__(sink, head.minor_version, keep_alive, head.method == b"HEAD")
        self.method = head.method
        self.uri = framing.target
        self.path, _, self._query = framing.target.partition(b"?")
        self.transport = transport
        self._head = head
        self._host = framing.host
        self._components: dict[Any, Any] = {}
        self._root: bytes | None = None

    def __repr__(self) -> str:
        return f"<WireRequest {self.method.decode()} {self.uri.decode('latin-1')}>"

    @property
    def clientproto(self) -> bytes:
        """See ``IRequest``."""
        return b"HTTP/1.%d" % self.minor_version

    @cached_property
    def content(self) -> BytesIO:
        """See ``IRequest``."""
        return BytesIO()

    @cached_property
    def prepath(self) -> list[bytes]:
        """See ``IRequest``."""
        return []

    def setComponent(self, interface: Any, component: Any) -> None:
        """See ``Componentized``."""
        self._components[interface] = component

    def getComponent(self, interface: Any, default: Any = None) -> Any:
        """See ``Componentized``."""
        return self._components.get(interface, default)

    @cached_property
    def args(self) -> dict[bytes, list[bytes]]:
        """See ``IRequest``; what they are in twisted.web, they are here."""
        args: dict[bytes, list[bytes]] = {}
        for pair in self._query.replace(b";", b"&").split(b"&"):
            name, equals, value = pair.replace(b"+", b" ").partition(b"=")
            if equals:
                args.setdefault(unquote_to_bytes(name), []).append(unquote_to_bytes(value))
        return args

    @cached_property
    def postpath(self) -> list[bytes]:
        """See ``IRequest``."""
        return [unquote_to_bytes(part) for part in self.path[1:].split(b"/")]

    @cached_property
    def requestHeaders(self) -> Headers:
        """See ``IRequest``."""
        headers = Headers()
        for name, value in self._head.fields:
            headers.addRawHeader(name, value)
        return headers

    def getHeader(self, key: Any) -> Any:
        """See ``IRequest``."""
        if isinstance(key, str):
            values = self.requestHeaders.getRawHeaders(key)
            return values[-1] if values else None
        return self._head.last(key.lower())

    def setLastModified(self, when: float) -> Any:
        """See ``IRequest``."""
        self.setHeader(b"Last-Modified", datetimeToString(when))
        try:
            since = stringToDatetime(self.getHeader(b"if-modified-since") or b"")
        except (ValueError, LookupError):  # there is no such field, or no date in it
            return None
        if int(when) > since:
            return None
        self.setResponseCode(304)
        return CACHED

    def setETag(self, etag: bytes) -> Any:
        """See ``IRequest``."""
        self.setHeader(b"ETag", etag)
        tags = (
            (self.getHeader(b"if-none-match") or b"").replace(b",", b" ").replace(b"W/", b"").split()
        )  # compared weakly
        if b"*" not in tags and etag not in (tag.removeprefix(b"W/") for tag in tags):  # RFC 9110, section 13.1.2
            return None
        self.setResponseCode(304)
        return CACHED

    def getAllHeaders(self) -> dict[bytes, bytes]:
        """See ``IRequest``."""
        return dict(self._head.fields)

    def getCookie(self, key: bytes) -> bytes | None:
        """See ``IRequest``."""
        pairs = (pair.partition(b"=") for line in self._head.values(b"cookie") for pair in line.split(b";"))
        return {name.strip(): value.strip() for name, _, value in pairs}.get(key)

    def getRequestHostname(self) -> bytes:
        """See ``IRequest``."""
        host, colon, port = self._host.rpartition(b":")
        return host if colon and not port.endswith(b"]") else self._host

    def getHost(self) -> IAddress:
        """See ``IRequest``."""
        host: IAddress = self.transport.getHost()
        return host

    def setHost(self, host: bytes, port: int, ssl: int = 0) -> None:  # noqa: ARG002  the transport knows that
        """See ``IRequest``."""
        self._host = b"%b:%d" % (host, port)

    def getClientAddress(self) -> IAddress:
        """See ``IRequest``."""
        peer: IAddress = self.transport.getPeer()
        return peer

    def getClientIP(self) -> str | None:
        """See ``IRequest``."""
        peer = self.transport.getPeer()
        return str(peer.host) if isinstance(peer, IPv4Address | IPv6Address) else None

    def isSecure(self) -> bool:
        """See ``IRequest``."""
        return hasattr(self.transport, "getPeerCertificate")

    def _credentials(self) -> tuple[bytes, bytes]:
        scheme, _, encoded = (self.getHeader(b"authorization") or b"").partition(b" ")
        try:
            user, _, password = b64decode(encoded if scheme.lower() == b"basic" else b"").partition(b":")
        except NoBase64:
            return b"", b""
        return user, password

    def getUser(self) -> bytes:
        """See ``IRequest``."""
        return self._credentials()[0]

    def getPassword(self) -> bytes:
        """See ``IRequest``."""
        return self._credentials()[1]

    def getSession(self, sessionInterface: Any = None) -> Any:
        """See ``IRequest``; there are none."""
        raise NotImplementedError

    def prePathURL(self) -> bytes:
        """See ``IRequest``."""
        scheme = b"https" if self.isSecure() else b"http"
        return b"%b://%b/%b" % (scheme, self._host, quote(b"/".join(self.prepath)).encode())

    def URLPath(self) -> URLPath:
        """See ``IRequest``."""
        path: URLPath = URLPath.fromBytes(self.prePathURL())
        return path

    def rememberRootURL(self) -> None:
        """See ``IRequest``."""
        self._root = self.prePathURL().rpartition(b"/")[0]

    def getRootURL(self) -> bytes | None:
        """See ``IRequest``."""
        return self._root
