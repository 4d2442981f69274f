"""Who may read what: a step of each chain, after its parameter."""

from typing import Any, TypeVar

from attrs import frozen
from twisted.internet.defer import Deferred

from service.errors import NotYours
from service.web.auth.identity import Authenticator, Identity

#: The scope of callers that may read the contact lists of others.
READ_ALL = "contacts:read"

T = TypeVar("T")


@frozen
class Permissions:
    """What callers may read, whom the ``authenticator`` knows; without one, anyone may read anything."""

    authenticator: Authenticator | None = None

    @property
    def needed(self) -> bool:
        """Whether callers have to be known: only then do chains have a step for that."""
        return self.authenticator is not None

    def allowed_to_read(self, username: str, request: Any) -> Deferred[str]:
        """Pass a username on if the caller may read what belongs to that user.

        :return: a Deferred that fires with the username; or fails with ``NotYours``, or as ``Authenticator.identify``
            does.
        """
        return self._identify(request).addCallback(check_owner, username)

    def allowed_to_ask(self, asked: T, request: Any) -> Deferred[T]:
        """Pass on what is asked for if the caller is known.

        :return: a Deferred that fires with what is asked for; or fails as ``Authenticator.identify`` does.
        """
        return self._identify(request).addCallback(lambda _: asked)

    def _identify(self, request: Any) -> Deferred[Identity]:
        assert self.authenticator is not None
        return self.authenticator.identify(request)


#: Where anyone may read anything.
EVERYBODY = Permissions()


def check_owner(identity: Identity, username: str) -> str:
    """Return a username if it is the caller's own, or the caller may read everything.

    :raise NotYours: if neither holds.
    """
    if identity.username != username and READ_ALL not in identity.scopes:
        raise NotYours
    return username
