"""Callers that a proxy names: believed if it is trusted, and if what it says is clear."""

from ipaddress import ip_network

import pytest

from service.web.auth.permissions import Permissions
from service.web.auth.trusted_header import HeaderAuthenticator
from service.web.clients import TrustedProxies
from tests.web.memory import Answer, Web

NAME = "X-Forwarded-User"


def ask(*values: str | bytes, trusted: str = "127.0.0.1", username: str = "dustin") -> Answer:
    """Ask for a contact list, with these values of the header, through a proxy at 127.0.0.1."""
    proxies = TrustedProxies((ip_network(trusted),))
    web = Web(permissions=Permissions(HeaderAuthenticator(NAME, proxies)))
    return web.get(f"/contacts?username={username}", headers={NAME: list(values)} if values else None)


def test_the_owner() -> None:
    """The user that a trusted proxy names may read their own contact list, and no other."""
    assert ask("dustin").json == {"contacts": ["karl", "amber", "zoë"]}
    assert ask("zoë".encode(), username="zoë").status == 200
    answer = ask("karl")
    assert (answer.status, answer.json["code"]) == (403, "not_yours")


@pytest.mark.parametrize(("values", "trusted"), [((), "127.0.0.1"), (("dustin",), "10.0.0.0/8")])
def test_who_is_not_known(values: tuple[str, ...], trusted: str) -> None:
    """Without the header, or if it comes from elsewhere, the caller is not known."""
    answer = ask(*values, trusted=trusted)
    assert (answer.status, answer.json["code"]) == (401, "unauthorised")
    assert answer.header("WWW-Authenticate") == f'Proxy header="{NAME}"'


@pytest.mark.parametrize(
    ("values", "problem"),
    [
        (("dustin", "karl"), "is given more than once"),
        (("dustin", "dustin"), "is given more than once"),
        ((b"\xff",), "is not UTF-8"),
        (("",), "is not a username"),
        (("a" * 256,), "is not a username"),
        (("a\tb",), "is not a username"),
    ],
)
def test_what_is_not_clear(values: tuple[str | bytes, ...], problem: str) -> None:
    """A header that is repeated or malformed gets 400."""
    answer = ask(*values)
    assert (answer.status, answer.json["code"]) == (400, "bad_request")
    assert answer.json["error"] == f"the header {NAME} {problem}"
