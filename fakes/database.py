"""An in-memory user database."""

from typing import Any, cast

from twisted.internet.defer import Deferred
from zope.interface import implementer

from fakes.backend import FakeBackend
from service.interfaces import ISuggesting, IUserDatabase
from service.tracing import Caller
from service.values import User


@implementer(IUserDatabase, ISuggesting)
class FakeUserDatabase(FakeBackend):
    """A user database of the people on its injector; a malformed user has no name."""

    backend = "user database"

    def get_user(self, username: str, caller: Caller | None = None) -> Deferred[User | None]:
        """See ``IUserDatabase.get_user``; the name may include faults."""
        return self.injector.respond(username, self._user, cast("Any", {"username": username}), caller=caller)

    def _user(self, username: str) -> User | None:
        person = self.injector.people.by_username.get(username)
        return None if person is None else User(username, person.name)
