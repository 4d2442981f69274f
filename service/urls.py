"""The address of a web page: parsed, checked, and in the form in which it goes over the wire; and URLs to be shown."""

import re
from socket import AF_INET6, inet_aton, inet_ntoa, inet_ntop, inet_pton
from typing import Self
from urllib.parse import urljoin

import idna
from attrs import frozen
from hyperlink import URL, URLParseError

from service.errors import BadRedirect, BadRequest, InvalidURL, UnsupportedScheme

#: Characters in an address.
MAX_URL = 2048
_PORTS = {"http": 80, "https": 443}
_MAX_PORT = 65535
#: Schemes whose URLs have no secrets, and options of others that are none.
_OPEN = ("fake", "http")
_SHOWN = ("domain", "token_file", "password_file", "sslmode", "host", "port", "user")
_UP_TO_LAST_AT = re.compile(r"(?<=:)(/*).*@", re.DOTALL)


@frozen
class WebAddress:
    """An ``http`` or ``https`` address without user and password.

    ``host`` is a name in ASCII (IDNA's A-labels), or an IP address, an IPv6 one without its brackets; ``target`` is
    the path and the query, percent-encoded.
    """

    scheme: str
    host: str
    port: int
    target: str

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read an address.

        :raise InvalidURL: if it is none of a web page.
        :raise UnsupportedScheme: if it is one, but not of the web.
        """
        try:
            return cls._of(URL.from_text(text))
        except (ValueError, URLParseError) as error:
            raise InvalidURL("is no address of a web page") from error

    def follow(self, location: str) -> Self:
        """Find the address that a ``Location`` at this one leads to (RFC 9110, section 10.2.2).

        :raise BadRedirect: if it leads to none of a web page.
        """
        try:
            if len(location) > MAX_URL:
                raise BadRedirect("redirects to an address that is too long")
            # Not URL.click(), which keeps the port of this address where a location names another host without one.
            return self.parse(urljoin(self.text, location))
        except (ValueError, BadRequest) as error:
            raise BadRedirect("redirects to no address of a web page") from error

    @property
    def text(self) -> str:
        """The whole address, in ASCII."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        port = "" if self.port == _PORTS[self.scheme] else f":{self.port}"
        return f"{self.scheme}://{host}{port}{self.target}"

    @classmethod
    def _of(cls, url: URL) -> Self:
        scheme = url.scheme.lower()
        if scheme not in _PORTS:
            raise (UnsupportedScheme() if scheme else InvalidURL("is no address of a web page"))
        port = _PORTS[scheme] if url.port is None else url.port
        if not 0 < port <= _MAX_PORT:
            raise InvalidURL("has a port that does not exist")
        if url.userinfo:
            raise InvalidURL("has a user in it, and pages are fetched without")
        # The host is no business of to_uri(), which knows no IPv6.
        target = url.replace(scheme=scheme, host="host", port=port, fragment="").to_uri().to_text()
        path = target.removeprefix(f"{scheme}://host").removeprefix(f":{port}")
        return cls(scheme, _host(url.host), port, path if path.startswith("/") else f"/{path}")


def _host(host: str) -> str:
    try:
        if ":" in host:
            return inet_ntop(AF_INET6, inet_pton(AF_INET6, host))
        # Names that IDNA does not know are known to neither Twisted's endpoints nor its certificates.
        name = idna.encode(host, uts46=not host.isascii()).decode().lower()
    except (ValueError, OSError) as error:
        raise InvalidURL("has a host that does not exist") from error
    return _ipv4(name) or name


def _ipv4(name: str) -> str | None:
    """Write an IPv4 address as everybody does, whatever its spelling (WHATWG URL standard, section 3.5)."""
    try:
        return inet_ntoa(inet_aton(name))
    except OSError:
        return None


def without_secrets(url: str) -> str:
    """Take whatever may be a password or a token out of any URL, so that it can be shown: rather too much."""
    if url.partition(":")[0] in _OPEN:
        return url
    where, asks, query = _UP_TO_LAST_AT.sub(r"\1***@", url).partition("?")
    return where + asks + "&".join(map(_option_without_secret, re.split("[&;]", query)))


def _option_without_secret(option: str) -> str:
    name, equals, _ = option.partition("=")
    if name in _SHOWN or not option:
        return option
    return f"{name}=***" if equals else "***"
