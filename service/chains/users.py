"""User lookups: the chains from the routes to the user database."""

from typing import Any

from attrs import frozen
from twisted.internet.defer import Deferred, succeed
from twisted.python.failure import Failure

from service.errors import BackendError, NoSuchUser
from service.interfaces import IUserDatabase
from service.tracing import Caller
from service.values import User

#: The slides' display name for an unknown user.
UNKNOWN_NAME = "(unknown)"


@frozen
class Users:
    """The users of a database."""

    database: IUserDatabase

    def get_user(self, username: str, caller: Caller | None = None) -> Deferred[User]:
        """Look up one user, for a ``caller``.

        :return: a Deferred that fires with the ``User``; or fails with ``NoSuchUser`` if the database has no such
            user, as ``IUserDatabase.get_user`` does, or with ``BackendError`` if the result is not a user.
        """
        d: Deferred[Any] = succeed(username)
        d.addCallback(self.database.get_user, caller)
        d.addCallback(as_user)
        return d.addCallback(or_no_such_user, username)

    def get_user_name(self, username: str, caller: Caller | None = None) -> Deferred[str]:
        """Look up the display name of a user, for a ``caller``.

        :return: a Deferred that fires with the name, or with ``"(unknown)"`` for an unknown user; or fails with
            any other failure of ``get_user``.
        """
        d = self.get_user(username, caller)
        return d.addCallbacks(as_name, or_unknown_name)


def as_user(answer: User | None) -> User | None:
    """Validate the result of the database.

    :raise BackendError: if it is neither a ``User`` nor None.
    """
    if answer is not None and not isinstance(answer, User):
        raise BackendError("user database", "answered with a malformed user")
    return answer


def or_no_such_user(user: User | None, username: str) -> User:
    """Return the user.

    :raise NoSuchUser: if it is None.
    """
    if user is None:
        raise NoSuchUser(username)
    return user


def as_name(user: User) -> str:
    """Return the display name of a user."""
    return user.name


def or_unknown_name(failure: Failure) -> str:
    """Recover from ``NoSuchUser``, and from no other failure."""
    failure.trap(NoSuchUser)
    return UNKNOWN_NAME
