"""``ajax_get_contacts`` five times, as on the slides, each variant with its bug.

They keep the nested functions that the slides praise; only the Python is newer, and ``im_service`` is an argument.
Do not copy any of them: copy ``ajax_get_contacts`` in ``service.web.application``.
"""

import json
from collections.abc import Callable
from typing import Any, Self

from attrs import frozen
from twisted.internet import defer
from twisted.internet.defer import Deferred
from twisted.logger import Logger
from twisted.python.failure import Failure

from service.interfaces import IIMService
from service.values import Contact

_log = Logger()


@frozen
class QueryRequest:
    """The part of a request that the slides use; ``query`` maps a name to the list of its values."""

    query: dict[str, list[str]]

    @classmethod
    def of(cls, request: Any) -> Self:
        """Convert an ``IRequest``; bytes that are not UTF-8 become U+FFFD."""
        return cls(
            {
                name.decode(errors="replace"): [value.decode(errors="replace") for value in values]
                for name, values in request.args.items()
            }
        )


#: Takes a request and returns anything that a Klein route may return.
Handler = Callable[[QueryRequest], Any]


def v1(im_service: IIMService) -> Handler:
    """Use the full grid: a nonterminal errback, which logs, and a terminal one.

    Bug: without a username it raises before there is a Deferred, so neither errback sees the exception.
    """

    def get_contacts(username: str) -> Deferred[Any]:
        d: Deferred[Any] = im_service.get_contact_list(username)

        def cb(contacts: list[Contact]) -> list[str]:
            return [ctct.username for ctct in contacts]

        def eb(f: Failure) -> Failure:
            _log.warn("err getting contacts for {username}: {error}", username=username, error=f.value)
            return f

        d.addCallbacks(cb, eb)
        return d

    def ajax_get_contacts(request: QueryRequest) -> Deferred[str]:
        d = get_contacts(request.query["username"][0])  # BUG

        def cb(ctctnames: list[str]) -> str:
            return json.dumps({"contacts": ctctnames})

        def eb(f: Failure) -> str:
            return json.dumps({"error": str(f.value)})

        d.addCallbacks(cb, eb)
        return d

    return ajax_get_contacts


def get_contacts_of(im_service: IIMService) -> Callable[[str], Deferred[Any]]:
    """Return the ``get_contacts`` that the slides use from v2 on, without an errback."""

    def get_contacts(username: str) -> Deferred[Any]:
        d: Deferred[Any] = im_service.get_contact_list(username)

        def cb(contacts: list[Contact]) -> list[str]:
            return [ctct.username for ctct in contacts]

        d.addCallback(cb)
        return d

    return get_contacts


def v2(im_service: IIMService) -> Handler:
    """Leave out the inner errback: every failure goes straight to the terminal one.

    Bug: like v1, it raises if username is missing; and failures are never logged.
    """
    get_contacts = get_contacts_of(im_service)

    def ajax_get_contacts(request: QueryRequest) -> Deferred[str]:
        d = get_contacts(request.query["username"][0])  # BUG

        def cb(ctctnames: list[str]) -> str:
            return json.dumps({"contacts": ctctnames})

        def eb(f: Failure) -> str:
            return json.dumps({"error": str(f.value)})

        d.addCallbacks(cb, eb)
        return d

    return ajax_get_contacts


def v3(im_service: IIMService) -> Handler:
    """Use ``succeed`` as a shortcut: without a username, return a Deferred that has already fired with a JSON error.

    Bug: an exception that the IM service raises is still an exception, not a Failure.
    """
    get_contacts = get_contacts_of(im_service)

    def ajax_get_contacts(request: QueryRequest) -> Deferred[str]:
        try:
            username = request.query["username"][0]
        except KeyError:
            return defer.succeed(json.dumps({"error": "no username specified"}))

        d = get_contacts(username)

        def cb(ctctnames: list[str]) -> str:
            return json.dumps({"contacts": ctctnames})

        def eb(f: Failure) -> str:
            return json.dumps({"error": str(f.value)})

        d.addCallbacks(cb, eb)
        return d

    return ajax_get_contacts


def v4(im_service: IIMService) -> Handler:
    """Use ``fail``: without a username, return a Deferred that has already failed with the current exception.

    Bug: it is a Failure now, but no errback handles it, so the browser gets the same page as with v1.
    """
    get_contacts = get_contacts_of(im_service)

    def ajax_get_contacts(request: QueryRequest) -> Deferred[str]:
        try:
            username = request.query["username"][0]
        except KeyError:
            return defer.fail()  # use current exception

        d = get_contacts(username)

        def cb(ctctnames: list[str]) -> str:
            return json.dumps({"contacts": ctctnames})

        def eb(f: Failure) -> str:
            return json.dumps({"error": str(f.value)})

        d.addCallbacks(cb, eb)
        return d

    return ajax_get_contacts


def v5(im_service: IIMService) -> Handler:
    """Put the whole operation in the chain, so that every exception becomes a Failure.

    Bug: the JSON step is beside the terminal errback, which therefore does not catch encoding errors.
    """
    get_contacts = get_contacts_of(im_service)

    def ajax_get_contacts(request: QueryRequest) -> Deferred[str]:
        d: Deferred[Any] = defer.succeed(None)

        def get_username(_: None) -> str:  # ignore argument
            return request.query["username"][0]

        d.addCallback(get_username)
        d.addCallback(get_contacts)  # this returns a deferred!

        def json_cb(ctctnames: list[str]) -> str:
            return json.dumps({"contacts": ctctnames})

        def json_eb(f: Failure) -> str:
            return json.dumps({"error": str(f.value)})

        d.addCallbacks(json_cb, json_eb)
        return d

    return ajax_get_contacts
