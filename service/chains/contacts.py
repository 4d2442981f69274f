"""Contact lists: the chain from ``ajax_get_contacts`` to the IM service."""

from typing import Any

from attrs import frozen
from twisted.internet.defer import Deferred, succeed
from twisted.logger import Logger
from twisted.python.failure import Failure

from service.errors import BackendError
from service.interfaces import IIMService
from service.tracing import Caller
from service.values import Contact

_log = Logger()


@frozen
class Contacts:
    """The contact lists of an IM service."""

    im_service: IIMService

    def get_contacts(self, username: str, caller: Caller | None = None) -> Deferred[list[str]]:
        """Fetch the usernames on the contact list of ``username``, for a ``caller``.

        :return: a Deferred that fires with the usernames in the service's order; or fails as
            ``IIMService.get_contact_list`` does, or with ``BackendError`` if the result is not a contact list.
        """
        d: Deferred[Any] = succeed(username)
        # Called from the chain, so that an exception that the method raises becomes a failure.
        d.addCallback(self.im_service.get_contact_list, caller)
        # Side by side: the errback handles failures of the service, but not those of as_usernames.
        return d.addCallbacks(as_usernames, log_no_contacts, errbackArgs=(username,))


def as_usernames(contacts: list[Contact]) -> list[str]:
    """Return the usernames of a contact list.

    :raise BackendError: if it is not a list, or if an entry is not a ``Contact``.
    """
    if isinstance(contacts, list):
        usernames = [contact.username for contact in contacts if isinstance(contact, Contact)]
        if len(usernames) == len(contacts):
            return usernames
    raise BackendError("IM service", "answered with a malformed contact list")


def log_no_contacts(failure: Failure, username: str) -> Failure:
    """Log that the contacts are unavailable and pass the failure on: a nonterminal errback."""
    _log.warn("no contacts for {username!r}: {reason}", username=username, reason=failure.value.__class__.__name__)
    return failure
