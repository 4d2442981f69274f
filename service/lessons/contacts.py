"""``ajax_get_contacts`` five times, as on the slides, each variant with its bug.

They have the nested functions that the slides praise; only Python has changed, and ``im_service`` is an argument.
``service.lessons.unnested`` has the same five without nesting, ``service.lessons.today`` two more. None of them is
what to copy: that is ``ajax_get_contacts`` in ``service.web.application``.
"""

import json
from collections.abc import Callable
from typing import Any

from twisted.internet import defer
from twisted.internet.defer import Deferred
from twisted.logger import Logger
from twisted.python.failure import Failure

from service.interfaces import IIMService
from service.lessons.requests import QueryRequest
from service.values import Contact

_log = Logger()

#: Takes a request; what it returns, a Klein app can answer with.
Handler = Callable[[QueryRequest], Any]


def v1(im_service: IIMService) -> Handler:
    """The full grid: a nonterminal errback, which logs, and a terminal one.

    Bug: without a username it raises before there is a Deferred, past both errbacks.
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
    """Make the ``get_contacts`` that the slides use from v2 on: the one without an errback."""

    def get_contacts(username: str) -> Deferred[Any]:
        d: Deferred[Any] = im_service.get_contact_list(username)

        def cb(contacts: list[Contact]) -> list[str]:
            return [ctct.username for ctct in contacts]

        d.addCallback(cb)
        return d

    return get_contacts


def v2(im_service: IIMService) -> Handler:
    """No inner errback: every failure goes straight to the terminal one.

    Bug: as v1 it raises without a username; and of what fails nothing is ever logged.
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
    """``succeed`` as a shortcut: without a username, a Deferred that has already fired with a JSON error.

    Bug: an IM service that raises is still an exception, and no failure.
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
    """``fail``: without a username, a Deferred that has already failed with the current exception.

    Bug: a failure and not an exception, but it has passed no errback, so the browser gets the same page as of v1.
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
    """The whole operation inside the chain: whatever raises is a failure.

    Bug: the JSON step stands beside the terminal errback, so what cannot be encoded slips past it.
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
