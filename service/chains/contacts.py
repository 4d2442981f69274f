"""Whom does somebody talk to: the chain between the IM service and ``ajax_get_contacts``."""

from typing import Any

from attrs import frozen
from twisted.internet.defer import Deferred, succeed
from twisted.logger import Logger
from twisted.python.failure import Failure

from service.errors import BackendError
from service.interfaces import IIMService
from service.values import Contact

_log = Logger()


@frozen
class Contacts:
    """The contact lists of an IM service."""

    im_service: IIMService

    def get_contacts(self, username: str) -> Deferred[list[str]]:
        """Fetch the usernames on somebody's contact list.

        :return: a Deferred that fires with the usernames in the service's order; or fails as
            ``IIMService.get_contact_list`` does, or with ``BackendError`` if what it fired with is no contact list.
        """
        d: Deferred[Any] = succeed(username)
        # Inside the chain, so that an exception raised by the method is a failure like any other.
        d.addCallback(self.im_service.get_contact_list)
        # Side by side: the errback sees the service's failures, and not those of the callback beside it.
        return d.addCallbacks(as_usernames, log_no_contacts, errbackArgs=(username,))


def as_usernames(contacts: list[Contact]) -> list[str]:
    """Take the usernames out of a contact list.

    :raise BackendError: if it is no list, or if one of its entries is no ``Contact``.
    """
    if not isinstance(contacts, list) or not all(isinstance(contact, Contact) for contact in contacts):
        raise BackendError("IM service", "answered with a malformed contact list")
    return [contact.username for contact in contacts]


def log_no_contacts(failure: Failure, username: str) -> Failure:
    """Note whose contacts are not to be had, and pass the failure on: a nonterminal errback."""
    _log.warn("no contacts of {username!r}: {reason}", username=username, reason=failure.value.__class__.__name__)
    return failure
