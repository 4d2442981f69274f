"""The user database, in memory."""

from typing import Any, Self, cast

from attrs import frozen
from twisted.internet.defer import Deferred, succeed
from twisted.internet.interfaces import IReactorTime
from zope.interface import implementer

from fakes.injector import FaultInjector
from fakes.suggestions import suggest_usernames
from service.interfaces import ISuggesting, IUserDatabase
from service.values import Suggestion, User


@implementer(IUserDatabase, ISuggesting)
@frozen
class FakeUserDatabase:
    """Knows the people on its injector; a malformed user has no name."""

    injector: FaultInjector

    @classmethod
    def from_url(cls, url: str, clock: IReactorTime) -> Self:
        """Make one as ``--database`` asks for it.

        :raise ValueError: if the options of the URL are wrong.
        """
        return cls(FaultInjector.from_url(url, clock, "user database"))

    def ping(self) -> Deferred[None]:
        """See ``IBackend.ping``."""
        return self.injector.respond("", lambda _: None, None)

    def close(self) -> Deferred[None]:
        """See ``IBackend.close``: there is nothing to let go of."""
        return succeed(None)

    def get_user(self, username: str) -> Deferred[User | None]:
        """See ``IUserDatabase.get_user``; the name may carry faults."""
        return self.injector.respond(username, self._user, cast("Any", {"username": username}))

    def suggestions(self) -> list[Suggestion]:
        """See ``ISuggesting.suggestions``."""
        return suggest_usernames(self.injector.people)

    def _user(self, username: str) -> User | None:
        person = self.injector.people.by_username.get(username)
        return None if person is None else User(username, person.name)
