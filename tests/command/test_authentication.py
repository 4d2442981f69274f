"""``--auth``: what it accepts, and what a service with real backends does without it."""

from ipaddress import ip_network
from typing import Any

import pytest

from service.command.authentication import check_exposure, make_authentication, warn_of_exposure
from service.command.settings import Settings
from service.errors import BadSetting
from service.web.auth.keys import Keys
from service.web.auth.tokens import TokenAuthenticator
from service.web.auth.trusted_header import HeaderAuthenticator
from tests.log import Log
from tests.web.memory import DEFAULTS

HERE = "tcp:8080:interface=127.0.0.1"
JWT = "jwt:https://login.example.org/keys#issuer=https://login.example.org&audience=ajax-contacts"
PROXY = (ip_network("10.0.0.0/8"),)


def settings(**chosen: Any) -> Settings:
    return Settings(**DEFAULTS | chosen)


@pytest.mark.parametrize("auth", [None, "none"])
def test_nobody_is_asked(auth: str | None, running_reactor: Any) -> None:
    """By default, and if that is said, callers need not be known."""
    assert make_authentication(settings(auth=auth), running_reactor).authenticator is None


def test_a_header(running_reactor: Any) -> None:
    """A header is believed if it comes from a trusted proxy."""
    made = make_authentication(settings(auth="header:X-Forwarded-User", trust_proxy=PROXY), running_reactor)
    assert isinstance(made.authenticator, HeaderAuthenticator)
    assert (made.authenticator.name, made.authenticator.proxies.networks) == ("X-Forwarded-User", PROXY)


@pytest.mark.parametrize(
    ("more", "claim", "algorithms"),
    [
        ("", "sub", ("RS256", "ES256")),
        ("&claim=preferred_username", "preferred_username", ("RS256", "ES256")),
        ("&algorithms=EdDSA,PS256&insecure=0", "sub", ("EdDSA", "PS256")),
    ],
)
def test_tokens(more: str, claim: str, algorithms: tuple[str, ...], running_reactor: Any) -> None:
    """Tokens are described by the URL of their keys, with the issuer, the audience, and options."""
    made = make_authentication(settings(auth=JWT + more), running_reactor)
    found = made.authenticator
    assert isinstance(found, TokenAuthenticator)
    assert (found.issuer, found.audience) == ("https://login.example.org", "ajax-contacts")
    assert (found.claim, found.algorithms) == (claim, algorithms)
    assert [type(one) for one in made.closing] == [Keys]
    assert found.now() > 1_700_000_000


@pytest.mark.parametrize("url", ["http://127.0.0.1:1/k", "http://localhost/k", "http://[::1]/k"])
def test_keys_from_this_machine(url: str, running_reactor: Any) -> None:
    """Keys may come from this machine by http; from elsewhere only if the operator takes the risk."""
    assert make_authentication(settings(auth=f"jwt:{url}#issuer=i&audience=a"), running_reactor).authenticator
    away = "jwt:http://login.example.org/k#issuer=i&audience=a"
    assert make_authentication(settings(auth=f"{away}&insecure=1"), running_reactor).authenticator
    with pytest.raises(BadSetting, match="insecure=1 takes the risk"):
        make_authentication(settings(auth=away), running_reactor)


@pytest.mark.parametrize(
    ("auth", "problem"),
    [
        ("", "expected none, header:NAME, or jwt:"),
        ("basic", "expected none, header:NAME, or jwt:"),
        ("none:x", "expected none, header:NAME, or jwt:"),
        ("header:", "expected none, header:NAME, or jwt:"),
        ("header:X User", "expected none, header:NAME, or jwt:"),
        ("header:X-User", "no proxy is trusted to set the header; name its address with --trust-proxy"),
        ("jwt:", "expected issuer=... after #"),
        ("jwt:https://h/k#audience=a", "expected issuer=... after #"),
        ("jwt:https://h/k#issuer=i", "expected audience=... after #"),
        ("jwt:https://h/k#issuer=i&audience=", "expected audience=... after #"),
        ("jwt:https://h/k#issuer=i&audience=a&claim=", "expected claim=... after #"),
        ("jwt:https://h/k#issuer=i&audience=a&scope=x", "expected options among issuer, audience, claim, algorithms"),
        ("jwt:https://h/k#issuer=i&audience=a&issuer=j", "each once"),
        ("jwt:https://h/k#issuer=i&audience=a&algorithms=HS256", "expected algorithms among RS256"),
        ("jwt:https://h/k#issuer=i&audience=a&algorithms=none", "expected algorithms among RS256"),
        ("jwt:https://h/k#issuer=i&audience=a&algorithms=", "expected algorithms among RS256"),
        ("jwt:https://h/k#issuer=i&audience=a&insecure=yes", "expected insecure to be 0 or 1"),
        ("jwt:keys#issuer=i&audience=a", "expected the https URL of a key set after jwt:"),
        ("jwt:https://keys!/#issuer=i&audience=a", "expected a host that a certificate can be for"),
    ],
)
def test_what_is_refused(auth: str, problem: str, running_reactor: Any) -> None:
    """Anything else is refused, with what is expected."""
    with pytest.raises(BadSetting) as wrong:
        make_authentication(settings(auth=auth), running_reactor)
    assert str(wrong.value).startswith(f"--auth {auth!r}: ")
    assert problem in str(wrong.value)


REAL = {"database": "sqlite:users.db"}


@pytest.mark.parametrize(
    ("chosen", "exposed"),
    [
        ({"listen": "tcp:8080"}, False),
        (REAL | {"listen": HERE}, True),
        (REAL | {"listen": HERE, "auth": "none"}, False),
        (REAL | {"listen": "tcp:8080", "auth": "none"}, False),
        (REAL | {"listen": "tcp6:8080", "auth": JWT}, False),
        (REAL | {"listen": "unix:/run/socket"}, True),
        (REAL | {"listen": "tcp6:8080:interface=\\:\\:1"}, True),
        ({"im": "ejabberd+http://im/api", "listen": "tcp:8080:interface=localhost"}, True),
    ],
)
def test_who_can_read_real_contacts(chosen: dict[str, Any], exposed: bool) -> None:
    """A service with real backends that listens on this machine only is exposed to it, unless --auth is given."""
    assert check_exposure(settings(**chosen)) is exposed


@pytest.mark.parametrize("exposed", [True, False])
def test_a_warning(exposed: bool, log: Log) -> None:
    """A service that is exposed to this machine says so."""
    warn_of_exposure(exposed=exposed)
    said = "anyone on this machine can read everybody's contacts: say who may with --auth, or --auth none"
    assert log.messages("service.command.authentication") == ([said] if exposed else [])


@pytest.mark.parametrize(
    "listen", ["tcp:8080", "tcp6:8080", "tcp:8080:interface=192.0.2.1", "systemd:domain=INET:name=x"]
)
def test_an_open_service(listen: str) -> None:
    """A service with real backends does not listen where others can connect, unless --auth is given."""
    with pytest.raises(BadSetting, match=r"--auth none if a proxy sees to that, or listen on this machine only"):
        check_exposure(settings(**REAL, listen=listen))
