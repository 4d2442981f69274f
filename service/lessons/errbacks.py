"""Mistakes with callbacks and errbacks, each next to its fix.

In each pair ``..._wrong`` makes the mistake, in the nested style of the slides, and the other function does not.
"""

import json
from collections.abc import Callable
from typing import Any

from twisted.internet import defer
from twisted.internet.defer import Deferred
from twisted.logger import Logger
from twisted.python.failure import Failure

from service.interfaces import IIMService
from service.values import Contact

_log = Logger()


def get_contacts_wrong(im_service: IIMService, username: str) -> Deferred[Any]:
    """Forget ``return f`` in an errback that should be nonterminal: callers get None and no error."""
    d: Deferred[Any] = im_service.get_contact_list(username)

    def cb(contacts: list[Contact]) -> list[str]:
        return [ctct.username for ctct in contacts]

    def eb(f: Failure) -> None:
        _log.warn("err getting contacts for {username}: {error}", username=username, error=f.value)

    d.addCallbacks(cb, eb)
    return d


def get_contacts(im_service: IIMService, username: str) -> Deferred[Any]:
    """Log the failure, and pass it on with ``return f``."""
    d: Deferred[Any] = im_service.get_contact_list(username)

    def cb(contacts: list[Contact]) -> list[str]:
        return [ctct.username for ctct in contacts]

    def eb(f: Failure) -> Failure:
        _log.warn("err getting contacts for {username}: {error}", username=username, error=f.value)
        return f

    d.addCallbacks(cb, eb)
    return d


def ajax_get_contacts_wrong(im_service: IIMService, username: str) -> Deferred[Any]:
    """Forget to return a Deferred from a callback: the chain continues immediately, with None instead of contacts."""
    d: Deferred[Any] = defer.succeed(username)

    def fetch(username: str) -> None:
        get_contacts(im_service, username).addErrback(lambda _: None)

    d.addCallback(fetch)
    d.addCallback(lambda ctctnames: json.dumps({"contacts": ctctnames}))
    return d


def ajax_get_contacts(im_service: IIMService, username: str) -> Deferred[Any]:
    """Return the Deferred from the callback: the chain waits for it and continues with its result."""
    d: Deferred[Any] = defer.succeed(username)

    def fetch(username: str) -> Deferred[Any]:
        return get_contacts(im_service, username)

    d.addCallback(fetch)
    d.addCallback(lambda ctctnames: json.dumps({"contacts": ctctnames}))
    return d


def as_json_wrong(d: Deferred[Any]) -> Deferred[str]:
    """Add ``json_cb`` and ``json_eb`` side by side: the terminal errback does not catch what ``json_cb`` raises."""

    def json_cb(result: Any) -> str:
        return json.dumps({"result": result})

    def json_eb(f: Failure) -> str:
        return json.dumps({"error": type(f.value).__name__})

    return d.addCallbacks(json_cb, json_eb)


def as_json(d: Deferred[Any]) -> Deferred[str]:
    """Add ``json_eb`` after ``json_cb``: the errback also catches what the callback raises."""

    def json_cb(result: Any) -> str:
        return json.dumps({"result": result})

    def json_eb(f: Failure) -> str:
        return json.dumps({"error": type(f.value).__name__})

    d.addCallback(json_cb)
    return d.addErrback(json_eb)


def greet_wrong(greet: Callable[[], Deferred[Any]]) -> Deferred[str]:
    """Start a new "thread" without an errback: a failure in it is reported at garbage collection, if ever."""
    greet()  # not returned: nothing waits for it
    return defer.succeed("welcome")


def greet(greet: Callable[[], Deferred[Any]]) -> Deferred[str]:
    """End a new "thread", a Deferred that is deliberately not returned, with an errback that logs."""
    d = greet()  # not returned: nothing waits for it
    d.addErrback(lambda f: _log.warn("no greeting: {error}", error=f.value))
    return defer.succeed("welcome")


def fail_wrong(f: Failure) -> Deferred[Any]:
    """Call ``defer.fail(f=...)``, as on the slides: a TypeError, since the parameter is called ``result``."""
    return defer.fail(f=f)  # type: ignore[call-arg]  # that is the mistake


def fail(f: Failure) -> Deferred[Any]:
    """Call ``defer.fail(f)`` for a Deferred that has failed; ``defer.fail()`` uses the current exception."""
    return defer.fail(f)
