"""An in-memory instant-messaging service."""

from typing import Any, cast

from twisted.internet.defer import Deferred
from zope.interface import implementer

from fakes.backend import FakeBackend
from fakes.injector import UNSERIALISABLE
from service.errors import NoSuchUser
from service.interfaces import IIMService, ISuggesting
from service.values import Contact


@implementer(IIMService, ISuggesting)
class FakeIMService(FakeBackend):
    """The contact lists of the people on its injector; a malformed list has a contact without a username."""

    backend = "IM service"

    def get_contact_list(self, username: str) -> Deferred[list[Contact]]:
        """See ``IIMService.get_contact_list``; the name may include faults."""
        return self.injector.respond(username, self._contact_list, cast("Any", [Contact("karl"), {}]), [UNSERIALISABLE])

    def _contact_list(self, username: str) -> list[Contact]:
        person = self.injector.people.by_username.get(username)
        if person is None:
            raise NoSuchUser(username)
        return [Contact(contact, name=self._name_of(contact)) for contact in person.contacts]

    def _name_of(self, username: str) -> str | None:
        person = self.injector.people.by_username.get(username)
        return None if person is None else person.name
