"""Callers that a signed token names: JSON Web Tokens (RFC 7519), in the header ``Authorization`` (RFC 6750)."""

import re
from collections.abc import Callable
from functools import partial
from typing import Any

from attrs import define, field
from joserfc import jwt
from joserfc.errors import ExpiredTokenError, JoseError
from joserfc.jwk import KeySet
from joserfc.jws import JWSRegistry, extract_compact
from twisted.internet.defer import Deferred, succeed
from twisted.logger import Logger

from service.errors import BadRequest, Unauthorised
from service.web.auth.identity import Identity
from service.web.auth.keys import Keys

_log = Logger()

#: Algorithms that can be chosen; those with a shared secret cannot, since the keys are public.
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "Ed25519", "EdDSA")
#: Seconds by which the clock of the issuer may differ.
LEEWAY = 5
#: ``credentials`` of RFC 6750, section 2.1.
_BEARER = re.compile(rb"bearer +([A-Za-z0-9._~+/-]+=*)", re.IGNORECASE)
_CHALLENGE = 'Bearer realm="ajax-contacts"'


@define(kw_only=True)
class TokenAuthenticator:
    """An authenticator for tokens that are signed with one of the ``keys``, by ``issuer`` and for ``audience``.

    ``claim`` is the one that has the username. ``now`` returns the seconds since 1970.
    """

    keys: Keys
    issuer: str
    audience: str
    claim: str
    algorithms: tuple[str, ...]
    now: Callable[[], float]
    _signatures: JWSRegistry = field(init=False)
    _claims: jwt.JWTClaimsRegistry = field(init=False)

    def __attrs_post_init__(self) -> None:
        # Other header fields are ignored, as RFC 7515 (section 4) has it, unless they are critical.
        self._signatures = JWSRegistry(algorithms=self.algorithms, strict_check_header=False)
        self._claims = jwt.JWTClaimsRegistry(
            now=lambda: int(self.now()),
            leeway=LEEWAY,
            iss={"essential": True, "value": self.issuer},
            aud={"essential": True, "value": self.audience},
            exp={"essential": True},
        )

    def identify(self, request: Any) -> Deferred[Identity]:
        """See ``Authenticator.identify``."""
        d: Deferred[Any] = succeed(request)
        d.addCallback(token_of)
        return d.addCallback(self._find_key)

    def _find_key(self, token: bytes) -> Deferred[Identity]:
        try:
            key_id = extract_compact(token, registry=self._signatures).headers().get("kid")
        except (JoseError, ValueError) as error:
            raise invalid("is malformed") from error
        return self.keys.find(key_id).addCallback(partial(self._check, token))

    def _check(self, token: bytes, keys: KeySet) -> Identity:
        try:
            claims = jwt.decode(token, keys, registry=self._signatures).claims
            self._claims.validate(claims)
        except ExpiredTokenError as error:
            raise invalid("has expired") from error
        except (JoseError, ValueError, TypeError) as error:
            _log.info("a token is not accepted: {error}", error=error)
            raise invalid("is not valid here") from error
        username, scopes = claims.get(self.claim), claims.get("scope", "")
        if not isinstance(username, str) or not username:
            raise invalid("does not name a user")
        return Identity(username, frozenset(scopes.split() if isinstance(scopes, str) else ()))


def token_of(request: Any) -> bytes:
    """Return the token of a request.

    :raise Unauthorised: if it is missing, or the credentials are of another kind.
    :raise BadRequest: if there are several.
    """
    values = request.requestHeaders.getRawHeaders(b"Authorization", [])
    if not values:
        raise Unauthorised("a token is required", _CHALLENGE)
    if len(values) > 1:
        raise BadRequest("the header Authorization is given more than once")
    bearer = _BEARER.fullmatch(values[0])
    if bearer is None:
        raise Unauthorised("the header Authorization must be Bearer and a token", _CHALLENGE)
    return bearer[1]


def invalid(problem: str) -> Unauthorised:
    """Make the error for a token that is not accepted; ``problem`` completes "the token ..."."""
    return Unauthorised(
        f"the token {problem}", f'{_CHALLENGE}, error="invalid_token", error_description="the token {problem}"'
    )
