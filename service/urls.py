"""Web addresses by the WHATWG URL standard; and URLs with their secrets redacted."""

import re
from typing import Self

from ada_url import URL, idna_to_unicode
from attrs import frozen

from service.errors import BadRedirect, BadRequest, InvalidURL, UnsupportedScheme

#: The longest address accepted, in characters; and the longest that a redirect may lead to.
MAX_URL = 2048
MAX_LOCATION = 8192
_PORTS = {"http:": 80, "https:": 443}
#: Schemes whose URLs hold no secrets, and options of other URLs that are not secret.
_OPEN = ("fake", "http")
_SHOWN = (
    *("domain", "token_file", "password_file", "sslmode", "sslrootcert", "host", "port", "user", "dbname"),
    *("connect_timeout", "target_session_attrs", "statement_cache_size"),
)
_UP_TO_LAST_AT = re.compile(r"(?<=:)(/*).*@", re.DOTALL)


@frozen
class WebAddress:
    """An ``http`` or ``https`` URL without credentials.

    ``host`` is a name in ASCII (IDNA's A-labels) or an IP address (IPv6 without brackets); ``authority`` has the port,
    too, unless it is the scheme's own. ``target`` is the path and the query, percent-encoded; ``fragment`` begins with
    ``#`` unless it is empty.
    """

    scheme: str
    host: str
    port: int
    authority: str
    target: str
    fragment: str

    @classmethod
    def parse(cls, text: str) -> Self:
        """Parse a URL as browsers do.

        :raise InvalidURL: if it is not a valid ``http`` or ``https`` URL.
        :raise UnsupportedScheme: if it has another scheme.
        """
        try:
            return cls._of(URL(text))
        except ValueError as error:
            raise InvalidURL("is not a valid http or https URL") from error

    def follow(self, location: str) -> Self:
        """Resolve a ``Location`` header against this address; it inherits the fragment (RFC 9110, section 10.2.2).

        :raise BadRedirect: if the result is not a valid ``http`` or ``https`` URL, or is too long.
        """
        try:
            url = URL(location, self.text)
            if len(url.href) > MAX_LOCATION:
                raise BadRedirect("redirects to a URL that is too long")
            if "#" not in url.href:
                url.hash = self.fragment
            return self._of(url)
        except (ValueError, BadRequest) as error:
            raise BadRedirect("redirects to an invalid or unsupported URL") from error

    @property
    def text(self) -> str:
        """The whole URL, in ASCII."""
        return f"{self.scheme}://{self.authority}{self.target}{self.fragment}"

    @classmethod
    def _of(cls, url: URL) -> Self:
        if url.protocol not in _PORTS:
            raise UnsupportedScheme
        port = int(url.port) if url.port else _PORTS[url.protocol]
        if not port:
            raise InvalidURL("has a port outside 1 to 65535")
        if url.username or url.password:
            raise InvalidURL("must not contain credentials")
        if any(label.startswith("xn--") for label in idna_to_unicode(url.hostname).split(".")):
            raise InvalidURL("has an invalid host")  # ada leaves a label that is not Punycode as it is
        # Not from pathname and search: they do not tell "/" from "/?".
        target, hash_, fragment = url.href.removeprefix(url.origin).partition("#")
        return cls(
            scheme=url.protocol.removesuffix(":"),
            host=url.hostname.strip("[]"),
            port=port,
            authority=url.host,
            target=target,
            fragment=hash_ + fragment,
        )


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
