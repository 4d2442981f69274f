"""Web addresses, parsed, validated and normalised; and URLs with their secrets redacted."""

import re
from socket import AF_INET6, inet_aton, inet_ntoa, inet_ntop, inet_pton
from typing import Self
from urllib.parse import urljoin, urlsplit

import idna
from attrs import frozen
from hyperlink import URL, URLParseError

from service.errors import BadRedirect, BadRequest, InvalidURL, UnsupportedScheme

#: The longest address accepted, in characters.
MAX_URL = 2048
_PORTS = {"http": 80, "https": 443}
_MAX_PORT = 65535
#: Schemes whose URLs hold no secrets, and options of other URLs that are not secret.
_OPEN = ("fake", "http")
_SHOWN = ("domain", "token_file", "password_file", "sslmode", "host", "port", "user")
_UP_TO_LAST_AT = re.compile(r"(?<=:)(/*).*@", re.DOTALL)


@frozen
class WebAddress:
    """An ``http`` or ``https`` URL without credentials.

    ``host`` is a name in ASCII (IDNA's A-labels) or an IP address (IPv6 without brackets); ``target`` is the path
    and the query, percent-encoded.
    """

    scheme: str
    host: str
    port: int
    target: str

    @classmethod
    def parse(cls, text: str) -> Self:
        """Parse a URL.

        :raise InvalidURL: if it is not a valid ``http`` or ``https`` URL.
        :raise UnsupportedScheme: if it has another scheme.
        """
        try:
            return cls._of(URL.from_text(text))
        except (ValueError, URLParseError) as error:
            raise InvalidURL("is not a valid http or https URL") from error

    def follow(self, location: str) -> Self:
        """Resolve a ``Location`` header against this address (RFC 9110, section 10.2.2).

        :raise BadRedirect: if the result is not a valid ``http`` or ``https`` URL, or ``location`` is too long.
        """
        try:
            if len(location) > MAX_URL:
                raise BadRedirect("redirects to a URL that is too long")
            # Not URL.click(): it keeps the port of this address if the location names another host without a port.
            return self.parse(urljoin(self.text, location))
        except (ValueError, BadRequest) as error:
            raise BadRedirect("redirects to an invalid or unsupported URL") from error

    @property
    def text(self) -> str:
        """The whole URL, in ASCII."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        port = "" if self.port == _PORTS[self.scheme] else f":{self.port}"
        return f"{self.scheme}://{host}{port}{self.target}"

    @classmethod
    def _of(cls, url: URL) -> Self:
        scheme = url.scheme.lower()
        if scheme not in _PORTS:
            raise (UnsupportedScheme() if scheme else InvalidURL("is not a valid http or https URL"))
        port = _PORTS[scheme] if url.port is None else url.port
        if not 0 < port <= _MAX_PORT:
            raise InvalidURL("has a port outside 1 to 65535")
        if url.userinfo:
            raise InvalidURL("must not contain credentials")
        # The real host is kept away from to_uri(), which does not support IPv6.
        target = url.replace(scheme=scheme, host="host", port=port, fragment="").to_uri().to_text()
        path = target.removeprefix(f"{scheme}://host").removeprefix(f":{port}")
        return cls(scheme, _host(url.host), port, path if path.startswith("/") else f"/{path}")


def _host(host: str) -> str:
    try:
        if ":" in host:
            return inet_ntop(AF_INET6, inet_pton(AF_INET6, host))
        # Twisted's endpoints and its certificate checks do not accept names that IDNA rejects either.
        name = idna.encode(host, uts46=not host.isascii()).decode().lower()
    except (ValueError, OSError) as error:
        raise InvalidURL("has an invalid host") from error
    return _ipv4(name) or name


def _ipv4(name: str) -> str | None:
    """Normalise any spelling of an IPv4 address to four decimal numbers (WHATWG URL standard, section 3.5)."""
    try:
        return inet_ntoa(inet_aton(name))
    except OSError:
        return None


def has_valid_port(url: str) -> bool:
    """Return whether the port of a URL is valid or absent."""
    try:
        return urlsplit(url).port != 0
    except ValueError:
        return False


def without_secrets(url: str) -> str:
    """Redact whatever may be a password or a token in a URL, erring on the side of too much."""
    if url.partition(":")[0] in _OPEN:
        return url
    where, asks, query = _UP_TO_LAST_AT.sub(r"\1***@", url).partition("?")
    return where + asks + "&".join(map(_option_without_secret, re.split("[&;]", query)))


def _option_without_secret(option: str) -> str:
    name, equals, _ = option.partition("=")
    if name in _SHOWN or not option:
        return option
    return f"{name}=***" if equals else "***"
