"""Who is somebody: the chains between the user database and the web."""

from typing import Any

from attrs import frozen
from twisted.internet.defer import Deferred, succeed
from twisted.python.failure import Failure

from service.errors import BackendError, NoSuchUser
from service.interfaces import IUserDatabase
from service.values import User

#: What the slides call a user that the database does not know.
UNKNOWN_NAME = "(unknown)"


@frozen
class Users:
    """The people in a user database."""

    database: IUserDatabase

    def get_user(self, username: str) -> Deferred[User]:
        """Look up one person.

        :return: a Deferred that fires with the ``User``; or fails with ``NoSuchUser`` if the database knows
            nobody of that name, otherwise as ``IUserDatabase.get_user`` does, or with ``BackendError`` if what
            it fired with is no user.
        """
        d: Deferred[Any] = succeed(username)
        d.addCallback(self.database.get_user)
        d.addCallback(as_user)
        return d.addCallback(or_no_such_user, username)

    def get_user_name(self, username: str) -> Deferred[str]:
        """Look up the name that somebody goes by.

        :return: a Deferred that fires with the name, ``"(unknown)"`` if the database knows nobody of that
            username; or fails as ``get_user`` otherwise does.
        """
        d = self.get_user(username)
        return d.addCallbacks(as_name, or_unknown_name)


def as_user(answer: User | None) -> User | None:
    """Hand the database's answer on.

    :raise BackendError: if it is neither a ``User`` nor None.
    """
    if answer is not None and not isinstance(answer, User):
        raise BackendError("user database", "answered with a malformed user")
    return answer


def or_no_such_user(user: User | None, username: str) -> User:
    """Hand the user on.

    :raise NoSuchUser: if there is none.
    """
    if user is None:
        raise NoSuchUser(username)
    return user


def as_name(user: User) -> str:
    """Take the name out of a user."""
    return user.name


def or_unknown_name(failure: Failure) -> str:
    """Recover from a user that does not exist, and from nothing else."""
    failure.trap(NoSuchUser)
    return UNKNOWN_NAME
