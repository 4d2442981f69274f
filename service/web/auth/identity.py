"""Callers, and what finds out who they are."""

from typing import Any, Protocol

from attrs import frozen
from twisted.internet.defer import Deferred


@frozen
class Identity:
    """A caller: the username of the one who is logged in, and the ``scopes`` of what they may do."""

    username: str
    scopes: frozenset[str] = frozenset()


class Authenticator(Protocol):
    """A way to find out who has sent a request."""

    def identify(self, request: Any) -> Deferred[Identity]:
        """Find out who has sent a request.

        :return: a Deferred that fires with the ``Identity``; or fails with ``Unauthorised`` if the credentials are
            missing or invalid, with ``BadRequest`` if they are ambiguous, or with ``KeysUnavailable`` if they cannot
            be checked.
        """
