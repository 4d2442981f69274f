"""The instant-messaging service, in memory."""

from typing import Any, Self, cast

from attrs import frozen
from twisted.internet.defer import Deferred, succeed
from twisted.internet.interfaces import IReactorTime
from zope.interface import implementer

from fakes.injector import UNSERIALISABLE, FaultInjector
from fakes.suggestions import suggest_usernames
from service.errors import NoSuchUser
from service.interfaces import IIMService, ISuggesting
from service.values import Contact, Suggestion


@implementer(IIMService, ISuggesting)
@frozen
class FakeIMService:
    """Keeps the contact lists of the people on its injector; a malformed list has a contact without a username."""

    injector: FaultInjector

    @classmethod
    def from_url(cls, url: str, clock: IReactorTime) -> Self:
        """Make one as ``--im`` asks for it.

        :raise ValueError: if the options of the URL are wrong.
        """
        return cls(FaultInjector.from_url(url, clock, "IM service"))

    def ping(self) -> Deferred[None]:
        """See ``IBackend.ping``."""
        return self.injector.respond("", lambda _: None, None)

    def close(self) -> Deferred[None]:
        """See ``IBackend.close``: there is nothing to let go of."""
        return succeed(None)

    def get_contact_list(self, username: str) -> Deferred[list[Contact]]:
        """See ``IIMService.get_contact_list``; the name may carry faults."""
        return self.injector.respond(username, self._contact_list, cast("Any", [Contact("karl"), {}]), [UNSERIALISABLE])

    def suggestions(self) -> list[Suggestion]:
        """See ``ISuggesting.suggestions``."""
        return suggest_usernames(self.injector.people)

    def _contact_list(self, username: str) -> list[Contact]:
        person = self.injector.people.by_username.get(username)
        if person is None:
            raise NoSuchUser(username)
        return [Contact(contact, name=self._name_of(contact)) for contact in person.contacts]

    def _name_of(self, username: str) -> str | None:
        person = self.injector.people.by_username.get(username)
        return None if person is None else person.name
