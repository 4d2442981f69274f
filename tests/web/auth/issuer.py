"""An issuer of tokens, and the service that trusts it."""

import base64
import hmac
import json
from collections.abc import Callable
from functools import cache
from typing import Any

from attrs import define, field
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256
from joserfc import jwt
from joserfc.jwk import ECKey, Key, KeySet, RSAKey
from joserfc.jws import JWSRegistry
from twisted.internet.defer import Deferred, fail, succeed
from twisted.internet.task import Clock

from service.errors import BackendError
from service.web.auth.keys import Keys
from service.web.auth.permissions import Permissions
from service.web.auth.tokens import TokenAuthenticator

ISSUER, AUDIENCE = "https://login.example.org", "ajax-contacts"
#: The time at the beginning of a test, in seconds since 1970.
NOW = 1_800_000_000


@cache
def rsa_key(key_id: str) -> Any:
    """Make an RSA key, once for each name."""
    return RSAKey.generate_key(2048, {"kid": key_id, "use": "sig"})


@cache
def ec_key(key_id: str) -> Any:
    """Make a key on an elliptic curve, once for each name."""
    return ECKey.generate_key("P-256", {"kid": key_id})


@define
class Issuer:
    """An issuer whose server publishes ``keys``, unless it is ``down``; ``fetches`` counts how often it is asked."""

    keys: list[Key] = field(factory=lambda: [rsa_key("one"), ec_key("two")])
    down: bool = False
    fetches: int = 0

    def fetch(self) -> Deferred[Any]:
        """See ``Keys.fetch``."""
        self.fetches += 1
        if self.down:
            return fail(BackendError("key server", "cannot be reached"))
        return succeed(KeySet(self.keys).as_dict())

    def authenticator(self, clock: Clock, **options: Any) -> TokenAuthenticator:
        """Make what checks its tokens."""
        given = {"claim": "sub", "algorithms": ("RS256", "ES256")} | options
        keys = Keys(self.fetch, clock)
        return TokenAuthenticator(
            keys=keys, issuer=ISSUER, audience=AUDIENCE, now=lambda: NOW + clock.seconds(), **given
        )

    def permissions(self, clock: Clock, **options: Any) -> Permissions:
        """Make the permissions of those who have its tokens."""
        return Permissions(self.authenticator(clock, **options))


def token(
    key: Any = None, header: dict[str, Any] | None = None, *, without: tuple[str, ...] = (), **claims: Any
) -> str:
    """Make a token, by default a valid one for dustin."""
    key = key or rsa_key("one")
    all_claims = {"iss": ISSUER, "aud": AUDIENCE, "sub": "dustin", "exp": NOW + 300} | claims
    kept = {name: value for name, value in all_claims.items() if name not in without}
    algorithm = {"RSA": "RS256", "EC": "ES256", "oct": "HS256"}[key.key_type]
    whole = {"alg": algorithm, "kid": key.kid} | (header or {})
    registry = JWSRegistry(algorithms=[whole["alg"]], strict_check_header=False)
    return jwt.encode({name: value for name, value in whole.items() if value}, kept, key, registry=registry)


def encoded(part: bytes) -> str:
    """Encode a part of a token."""
    return base64.urlsafe_b64encode(part).rstrip(b"=").decode()


def signed_by_hand(header: dict[str, Any], sign: Callable[[bytes], bytes]) -> str:
    """Make a token that the library would refuse to make."""
    claims = {"iss": ISSUER, "aud": AUDIENCE, "sub": "dustin", "exp": NOW + 300}
    content = f"{encoded(json.dumps(header).encode())}.{encoded(json.dumps(claims).encode())}"
    return f"{content}.{encoded(sign(content.encode()))}"


def signed_with_public_key() -> str:
    """Make a token that is signed with the public key as if that was a shared secret."""
    secret = rsa_key("one").as_pem(private=False)
    return signed_by_hand({"alg": "HS256", "kid": "one"}, lambda content: hmac.digest(secret, content, "sha256"))


def with_critical_extension() -> str:
    """Make a token that has to be understood in a way that nobody knows."""
    key = rsa_key("one").private_key
    header = {"alg": "RS256", "kid": "one", "crit": ["x"], "x": 1}
    return signed_by_hand(header, lambda content: key.sign(content, PKCS1v15(), SHA256()))
