"""``--auth``: who may read whose contacts."""

import re
import time
from collections.abc import Sequence
from typing import Any
from urllib.parse import parse_qsl

from attrs import frozen
from twisted.logger import Logger

from service.command.locations import locate
from service.command.settings import Settings
from service.errors import BadRequest, BadSetting, UnusableSetting
from service.urls import WebAddress
from service.web.auth.identity import Authenticator
from service.web.auth.trusted_header import HeaderAuthenticator
from service.web.clients import TrustedProxies
from service.web.guard import is_loopback

_log = Logger()

FLAG = "--auth"
EXPECTED = "none, header:NAME, or jwt:https://HOST/KEYS#issuer=...&audience=..."
_OPTIONS = ("issuer", "audience", "claim", "algorithms", "insecure")
_DEFAULTS = {"claim": "sub", "algorithms": "RS256,ES256", "insecure": "0"}
_HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")


@frozen
class Authentication:
    """What finds out who callers are, or None if they need not be known; and what has to be closed at the end."""

    authenticator: Authenticator | None = None
    closing: Sequence[Any] = ()


def make_authentication(settings: Settings, reactor: Any) -> Authentication:
    """Make what ``--auth`` describes.

    :raise BadSetting: if it is invalid.
    """
    kind, _, rest = ("none" if settings.auth is None else settings.auth).partition(":")
    if (kind, rest) == ("none", ""):
        return Authentication()
    if kind == "header" and _HEADER_NAME.fullmatch(rest):
        if not settings.trust_proxy:
            problem = "no proxy is trusted to set the header; name its address with --trust-proxy"
            raise UnusableSetting(FLAG, str(settings.auth), problem)
        return Authentication(HeaderAuthenticator(rest, TrustedProxies(settings.trust_proxy)))
    if kind == "jwt":
        try:
            return make_token_authentication(rest, reactor)
        except ValueError as error:
            raise BadSetting(FLAG, str(settings.auth), str(error)) from error
    raise BadSetting(FLAG, str(settings.auth), EXPECTED)


def make_token_authentication(text: str, reactor: Any) -> Authentication:
    """Make the authentication for the URL of a key set, with options after ``#``.

    :raise ValueError: if it is invalid; its text says what is expected.
    """
    # Imported late: only those who use tokens need the libraries for them.
    from service.backends.key_server import KeyServer
    from service.web.auth.keys import Keys
    from service.web.auth.tokens import ALGORITHMS, TokenAuthenticator

    url, _, fragment = text.partition("#")
    given = parse_qsl(fragment, keep_blank_values=True)
    options = _DEFAULTS | dict(given)
    if not options.keys() <= set(_OPTIONS) or len({name for name, _ in given}) < len(given):
        raise ValueError(f"options among {', '.join(_OPTIONS)}, each once")
    for name in ("issuer", "audience", "claim"):
        if not options.get(name):
            raise ValueError(f"{name}=... after #")
    algorithms = tuple(options["algorithms"].split(","))
    if not set(algorithms) <= set(ALGORITHMS):
        raise ValueError(f"algorithms among {', '.join(ALGORITHMS)}")
    if options["insecure"] not in {"0", "1"}:
        raise ValueError("insecure to be 0 or 1")
    try:
        address = WebAddress.parse(url)
    except BadRequest as error:
        raise ValueError("the https URL of a key set after jwt:") from error
    if address.scheme == "http" and not is_loopback(address.host) and options["insecure"] == "0":
        raise ValueError("an https URL, because keys that come by http can be forged; insecure=1 takes the risk")
    server = KeyServer.at(address, reactor)
    keys = Keys(server.fetch, reactor)
    authenticator = TokenAuthenticator(
        keys=keys,
        issuer=options["issuer"],
        audience=options["audience"],
        claim=options["claim"],
        algorithms=algorithms,
        now=time.time,
    )
    return Authentication(authenticator, [keys])


def check_exposure(settings: Settings) -> bool:
    """Return whether anyone who reaches the service can read real contacts, without that having been said.

    :raise UnusableSetting: if that would be anyone in the network.
    """
    if settings.auth is not None or settings.has_fake_people:
        return False
    if not is_local(settings.listen):
        problem = (
            "there anyone can read everybody's contacts. Say who may with --auth, or --auth none if a proxy sees to "
            "that, or listen on this machine only: tcp:8080:interface=127.0.0.1"
        )
        raise UnusableSetting("--listen", settings.listen, problem)
    return True


def warn_of_exposure(*, exposed: bool) -> None:
    """Log that anyone on this machine can read real contacts, if that is so."""
    if exposed:
        _log.warn("anyone on this machine can read everybody's contacts: say who may with --auth, or --auth none")


def is_local(description: str) -> bool:
    """Return whether an endpoint string listens where only this machine can connect."""
    try:
        location = locate(description)
    except Exception:  # noqa: BLE001  another kind of endpoint, such as systemd's, or one that is reported later
        return False
    return location.path is not None or is_loopback(location.host)
