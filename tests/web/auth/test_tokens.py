"""Signed tokens: which are accepted, and what is said of the others."""

import json
import re
from typing import Any

import pytest
from joserfc import jws
from twisted.internet.task import Clock

from service.web.auth.tokens import LEEWAY
from tests.log import Log
from tests.web.auth.issuer import (
    AUDIENCE,
    ISSUER,
    NOW,
    Issuer,
    ec_key,
    encoded,
    rsa_key,
    signed_with_public_key,
    token,
    with_critical_extension,
)
from tests.web.memory import Answer, Web

REALM = 'Bearer realm="ajax-contacts"'
INVALID = REALM + ', error="invalid_token", error_description="the token {}"'


def unsigned(header: dict[str, Any], payload: bytes) -> str:
    """Make a token without a signature."""
    return f"{encoded(json.dumps(header).encode())}.{encoded(payload)}."


def forged() -> str:
    """Make a token whose payload was changed after it was signed."""
    head, _, signature = token().split(".")
    payload = unsigned({}, json.dumps({"iss": ISSUER, "aud": AUDIENCE, "sub": "karl", "exp": NOW + 9}).encode())
    return f"{head}.{payload.split('.')[1]}.{signature}"


def nested() -> str:
    """Make a token whose payload is another token."""
    header = {"alg": "RS256", "kid": "one", "cty": "JWT"}
    return jws.serialize_compact(header, token(), rsa_key("one"), registry=jws.JWSRegistry(algorithms=["RS256"]))


def encrypted() -> str:
    """Make a text of five parts, as an encrypted token has."""
    return ".".join([*token().split("."), "x", "y"])


GOOD = {
    "RS256": token,
    "ES256": lambda: token(ec_key("two")),
    "one of several audiences": lambda: token(aud=["other", AUDIENCE]),
    "a moment ago": lambda: token(exp=NOW - LEEWAY + 1),
    "in a moment": lambda: token(nbf=NOW + LEEWAY, iat=NOW + LEEWAY),
    "a header field of its own": lambda: token(header={"nonce": "x"}),
    "claims of its own": lambda: token(name="Dustin", groups=["a"], scope=7),
}
BAD = {
    "expired": (lambda: token(exp=NOW - 60), "has expired"),
    "without an end": (lambda: token(without=("exp",)), "is not valid here"),
    "an end that is no time": (lambda: token(exp="tomorrow"), "is not valid here"),
    "not yet valid": (lambda: token(nbf=NOW + 60), "is not valid here"),
    "issued in the future": (lambda: token(iat=NOW + 60), "is not valid here"),
    "another issuer": (lambda: token(iss="https://evil.example"), "is not valid here"),
    "no issuer": (lambda: token(without=("iss",)), "is not valid here"),
    "another audience": (lambda: token(aud="other"), "is not valid here"),
    "no audience": (lambda: token(without=("aud",)), "is not valid here"),
    "no subject": (lambda: token(without=("sub",)), "does not name a user"),
    "an empty subject": (lambda: token(sub=""), "does not name a user"),
    "a subject that is no text": (lambda: token(sub=7), "is not valid here"),
    "alg: none": (lambda: unsigned({"alg": "none", "kid": "one"}, b'{"sub": "dustin"}'), "is not valid here"),
    "HS256 with the public key": (signed_with_public_key, "is not valid here"),
    "an algorithm that is not chosen": (lambda: token(header={"alg": "RS512"}), "is not valid here"),
    "the algorithm of another key": (lambda: token(header={"kid": "two"}), "is not valid here"),
    "an unknown key": (lambda: token(rsa_key("other")), "is not valid here"),
    "another key by that name": (lambda: token(rsa_key("other"), {"kid": "one"}), "is not valid here"),
    "no key id, where there are several keys": (lambda: token(header={"kid": None}), "is not valid here"),
    "critical extension": (with_critical_extension, "is not valid here"),
    "forged": (forged, "is not valid here"),
    "nested": (nested, "is not valid here"),
    "encrypted": (encrypted, "is malformed"),
    "two parts": (lambda: "a.b", "is malformed"),
    "no JSON": (lambda: "a.b.c", "is malformed"),
    "a payload that is no object": (
        lambda: jws.serialize_compact({"alg": "RS256", "kid": "one"}, b"[]", rsa_key("one")),
        "is not valid here",
    ),
}


@pytest.fixture
def issuer() -> Issuer:
    return Issuer()


@pytest.fixture
def web(issuer: Issuer) -> Web:
    """The service, for those who have a token of the issuer."""
    web = Web()
    return Web(permissions=issuer.permissions(web.clock))


def ask(web: Web, *authorization: str, path: str = "/contacts?username=dustin") -> Answer:
    """Send a request with these values of ``Authorization``."""
    return web.get(path, headers={"Authorization": list(authorization)} if authorization else None)


@pytest.mark.parametrize("make", GOOD.values(), ids=GOOD)
def test_a_good_token(web: Web, make: Any) -> None:
    """A token that is signed, in time and meant for this service is accepted."""
    for scheme in ("Bearer", "bearer", "BEARER "):
        answer = ask(web, f"{scheme} {make()}")
        assert (answer.status, answer.json) == (200, {"contacts": ["karl", "amber", "zoë"]})


@pytest.mark.parametrize(("make", "problem"), BAD.values(), ids=BAD)
def test_a_bad_token(web: Web, make: Any, problem: str) -> None:
    """Any other token gets 401, and a challenge that says what is wrong with it."""
    answer = ask(web, f"Bearer {make()}")
    assert (answer.status, answer.json["code"], answer.json["error"]) == (401, "unauthorised", f"the token {problem}")
    assert answer.header("WWW-Authenticate") == INVALID.format(problem)


@pytest.mark.parametrize(
    ("authorization", "status"),
    [
        ([], 401),
        (["Basic ZHVzdGluOng="], 401),
        (["Bearer"], 401),
        (["Bearer "], 401),
        (["Bearer a b"], 401),
        (["Bearer ü"], 401),
        (["Bearer a", "Bearer b"], 400),
    ],
)
def test_what_is_no_token(web: Web, authorization: list[str], status: int) -> None:
    """Without a token the challenge says that one is required; two are ambiguous."""
    answer = ask(web, *authorization)
    assert answer.status == status
    assert answer.header("WWW-Authenticate") == (REALM if status == 401 else None)


def test_a_token_that_is_too_long(web: Web) -> None:
    """A token beyond the limit on headers is refused by the HTTP server."""
    request = b"GET /contacts?username=dustin HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer %b\r\n\r\n"
    assert web.raw(request % (b"x" * 40_000)).startswith(b"HTTP/1.1 431 ")


def test_a_long_token(web: Web) -> None:
    """A token with a long payload is accepted."""
    assert ask(web, f"Bearer {token(groups=['x' * 100] * 200)}").status == 200


def test_another_claim(issuer: Issuer, clock: Clock) -> None:
    """The username may be in another claim."""
    web = Web(permissions=issuer.permissions(clock, claim="preferred_username"))
    assert ask(web, f"Bearer {token(sub='4711', preferred_username='dustin')}").status == 200
    assert ask(web, f"Bearer {token()}").status == 401


def test_a_token_without_a_key_id(issuer: Issuer, clock: Clock) -> None:
    """If there is only one key, a token need not name it."""
    issuer.keys = issuer.keys[:1]
    web = Web(permissions=issuer.permissions(clock))
    assert ask(web, f"Bearer {token(header={'kid': None})}").status == 200


def test_why_is_logged(web: Web, log: Log) -> None:
    """Why a token is not accepted is logged, without the token."""
    bad = token(aud="other")
    ask(web, f"Bearer {bad}")
    [message] = log.messages("service.web.auth.tokens")
    assert re.search("aud", message)
    assert bad not in str(log.events)
