"""The slides' five variants of ``ajax_get_contacts`` without nested functions, which the slides allow.

The steps stand by themselves and take what they need as arguments; what comes out is the same, bug for bug.
"""

import json
from collections.abc import Callable
from functools import partial
from typing import Any

from twisted.internet import defer
from twisted.internet.defer import Deferred
from twisted.logger import Logger
from twisted.python.failure import Failure

from service.interfaces import IIMService
from service.lessons.contacts import Handler
from service.lessons.requests import QueryRequest
from service.values import Contact

_log = Logger()

GetContacts = Callable[[str], Deferred[Any]]


def as_usernames(contacts: list[Contact]) -> list[str]:
    """Take the usernames out of a contact list."""
    return [ctct.username for ctct in contacts]


def log_error(f: Failure, username: str) -> Failure:
    """Log, and pass the failure on: nonterminal."""
    _log.warn("err getting contacts for {username}: {error}", username=username, error=f.value)
    return f


def as_json(ctctnames: list[str]) -> str:
    """Encode what was found."""
    return json.dumps({"contacts": ctctnames})


def as_json_error(f: Failure) -> str:
    """Encode what went wrong: terminal."""
    return json.dumps({"error": str(f.value)})


def username_of(request: QueryRequest) -> str:
    """Take the username out of a request."""
    return request.query["username"][0]


def get_contacts_v1(im_service: IIMService, username: str) -> Deferred[Any]:
    """Fetch the usernames on a contact list, and log what fails."""
    d: Deferred[Any] = im_service.get_contact_list(username)
    d.addCallbacks(as_usernames, log_error, errbackArgs=(username,))
    return d


def get_contacts_v2(im_service: IIMService, username: str) -> Deferred[Any]:
    """Fetch the usernames on a contact list."""
    d: Deferred[Any] = im_service.get_contact_list(username)
    d.addCallback(as_usernames)
    return d


def answer(get_contacts: GetContacts, username: str) -> Deferred[str]:
    """Answer for a username."""
    d = get_contacts(username)
    d.addCallbacks(as_json, as_json_error)
    return d


def answer_or_raise(get_contacts: GetContacts, request: QueryRequest) -> Deferred[str]:
    """Answer a request, unless there is no username: then raise."""
    return answer(get_contacts, username_of(request))  # BUG


def answer_or_succeed(get_contacts: GetContacts, request: QueryRequest) -> Deferred[str]:
    """Answer a request; if there is no username, succeed with an error."""
    try:
        username = username_of(request)
    except KeyError:
        return defer.succeed(json.dumps({"error": "no username specified"}))
    return answer(get_contacts, username)


def answer_or_fail(get_contacts: GetContacts, request: QueryRequest) -> Deferred[str]:
    """Answer a request; if there is no username, fail."""
    try:
        username = username_of(request)
    except KeyError:
        return defer.fail()  # use current exception
    return answer(get_contacts, username)


def answer_in_chain(get_contacts: GetContacts, request: QueryRequest) -> Deferred[str]:
    """Answer a request inside the chain: there the request itself is what the Deferred has fired with."""
    d: Deferred[Any] = defer.succeed(request)
    d.addCallback(username_of)
    d.addCallback(get_contacts)  # this returns a deferred!
    d.addCallbacks(as_json, as_json_error)
    return d


def v1(im_service: IIMService) -> Handler:
    """See ``service.lessons.contacts.v1``."""
    return partial(answer_or_raise, partial(get_contacts_v1, im_service))


def v2(im_service: IIMService) -> Handler:
    """See ``service.lessons.contacts.v2``."""
    return partial(answer_or_raise, partial(get_contacts_v2, im_service))


def v3(im_service: IIMService) -> Handler:
    """See ``service.lessons.contacts.v3``."""
    return partial(answer_or_succeed, partial(get_contacts_v2, im_service))


def v4(im_service: IIMService) -> Handler:
    """See ``service.lessons.contacts.v4``."""
    return partial(answer_or_fail, partial(get_contacts_v2, im_service))


def v5(im_service: IIMService) -> Handler:
    """See ``service.lessons.contacts.v5``."""
    return partial(answer_in_chain, partial(get_contacts_v2, im_service))
