"""Parsing of ``ejabberd+http:`` URLs: the API, its domain and the source of the token."""

from collections.abc import Callable
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

from attrs import define, field, frozen

from service.backends.ejabberd.errors import NoTokenError
from service.errors import BadRequest
from service.urls import WebAddress

_FORM = "a URL of the form ejabberd+http://host:5280/api?domain=example.org&token_file=/run/secrets/ejabberd-token"


@define
class Token:
    """An OAuth bearer token, which is read on first use and again after it was refused."""

    read: Callable[[], str] = field(repr=False)
    _text: str | None = field(default=None, init=False, repr=False)

    def __call__(self) -> str:
        """Return the token.

        :raise NoTokenError: if it cannot be read, or is not a token.
        """
        if self._text is None:
            try:
                text = self.read().strip()
            except (OSError, UnicodeDecodeError) as error:
                raise NoTokenError(str(error)) from error
            if not (text and text.isascii() and text.isprintable()):
                raise NoTokenError("the token is empty or not printable ASCII")
            self._text = text
        return self._text

    def forget(self) -> None:
        """Forget the token, so that it is read again on the next use."""
        self._text = None


@frozen(kw_only=True)
class API:
    """An ejabberd API at an ``address``, and the ``domain`` of its accounts."""

    address: WebAddress
    domain: str
    token: Token

    @classmethod
    def from_url(cls, url: str) -> "API":
        """Parse a URL such as ``ejabberd+http://host:5280/api?domain=example.org``, or ``ejabberd+https``.

        ``token_file`` names a file with the token. ``token`` is the token itself: such a URL is best passed in the
        environment.

        :raise ValueError: if the URL is invalid; its text says what is expected.
        """
        parts = urlsplit(url)
        options = dict(parse_qsl(parts.query, keep_blank_values=True))
        domain = options.pop("domain", "")
        read = reader_of(options)
        if not (parts.netloc and domain and read) or options:
            raise ValueError(_FORM)
        try:
            address = WebAddress.parse(f"{parts.scheme.removeprefix('ejabberd+')}://{parts.netloc}{parts.path}")
        except BadRequest as error:
            raise ValueError(_FORM) from error
        return cls(address=address, domain=domain.lower(), token=Token(read))


def reader_of(options: dict[str, str]) -> Callable[[], str] | None:
    """Pop the token options and return a function that reads the token; None unless exactly one is given."""
    token, file = options.pop("token", ""), options.pop("token_file", "")
    if bool(token) == bool(file):
        return None
    return (lambda: token) if token else (lambda: Path(file).read_text(encoding="utf-8"))
