"""Which API of which server an ``ejabberd+http:`` URL means, for which domain, and where the token is."""

from collections.abc import Callable
from pathlib import Path
from urllib.parse import SplitResult, parse_qsl, urlsplit

from attrs import define, field, frozen

from service.backends.ejabberd.errors import NoTokenError

_FORM = "a URL of the form ejabberd+http://host:5280/api?domain=example.org&token_file=/run/secrets/ejabberd-token"


@define
class Token:
    """An OAuth bearer token, read when it is needed first, and again after it was refused."""

    read: Callable[[], str] = field(repr=False)
    _text: str | None = field(default=None, init=False, repr=False)

    def __call__(self) -> str:
        """Take the token.

        :raise NoTokenError: if there is none to be read.
        """
        if self._text is None:
            try:
                text = self.read().strip()
            except (OSError, UnicodeDecodeError) as error:
                raise NoTokenError(str(error)) from error
            if not (text and text.isascii() and text.isprintable()):
                raise NoTokenError("what should be a token is none")
            self._text = text
        return self._text

    def forget(self) -> None:
        """Have it read again next time."""
        self._text = None


@frozen(kw_only=True)
class API:
    """Where commands are asked for: the base URL, without a slash at its end, and the ``domain`` they are about."""

    base: str
    domain: str
    token: Token

    @classmethod
    def from_url(cls, url: str) -> "API":
        """Read one out of ``ejabberd+http://host:5280/api?domain=example.org``, or ``ejabberd+https``.

        With ``token_file`` the token stands in a file; with ``token``, in the URL itself, which then better comes from
        the environment.

        :raise ValueError: if it is no such URL; its text says what is expected.
        """
        parts = urlsplit(url)
        options = dict(parse_qsl(parts.query, keep_blank_values=True))
        domain = options.pop("domain", "")
        read = reader_of(options)
        if not (parts.hostname and domain and read) or options or parts.username is not None or not has_port(parts):
            raise ValueError(_FORM)
        scheme = parts.scheme.removeprefix("ejabberd+")
        base = f"{scheme}://{parts.netloc}{parts.path.rstrip('/')}"
        return cls(base=base, domain=domain.lower(), token=Token(read))


def has_port(parts: SplitResult) -> bool:
    """Say whether the port of a URL is one, or goes without saying."""
    try:
        return parts.port != 0
    except ValueError:
        return False


def reader_of(options: dict[str, str]) -> Callable[[], str] | None:
    """Take out of options how the token is read; None if they do not say it, or say it twice."""
    token, file = options.pop("token", ""), options.pop("token_file", "")
    if bool(token) == bool(file):
        return None
    return (lambda: token) if token else (lambda: Path(file).read_text(encoding="utf-8"))
