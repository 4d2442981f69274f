"""An in-memory instant-messaging service."""

from typing import Any, cast

from attrs import field, frozen
from twisted.internet.defer import Deferred
from zope.interface import implementer

from fakes.backend import FakeBackend
from fakes.injector import UNSERIALISABLE
from service.errors import NoSuchUser
from service.interfaces import IIMService, ISuggesting
from service.tracing import Caller
from service.values import Contact

#: A contact list with a contact that has no username.
MALFORMED = cast("Any", [Contact("karl"), {}])


@implementer(IIMService, ISuggesting)
@frozen
class FakeIMService(FakeBackend):
    """The contact lists of the people on its injector; a malformed list has a contact without a username."""

    backend = "IM service"
    _contact_lists: dict[str, list[Contact]] = field(init=False)

    @_contact_lists.default
    def _make_contact_lists(self) -> dict[str, list[Contact]]:
        people = self.injector.people.by_username
        names = {username: person.name for username, person in people.items()}
        return {
            username: [Contact(contact, name=names.get(contact)) for contact in person.contacts]
            for username, person in people.items()
        }

    def get_contact_list(self, username: str, caller: Caller | None = None) -> Deferred[list[Contact]]:
        """See ``IIMService.get_contact_list``; the name may include faults."""
        return self.injector.respond(username, self._contact_list, MALFORMED, [UNSERIALISABLE], caller=caller)

    def _contact_list(self, username: str) -> list[Contact]:
        if username not in self._contact_lists:
            raise NoSuchUser(username)
        return list(self._contact_lists[username])
