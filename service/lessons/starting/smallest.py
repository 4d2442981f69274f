"""The smallest service: contacts as JSON, from a fake behind an interface.

``python smallest.py`` serves it: try http://127.0.0.1:8080/contacts?username=dustin.
"""

import json
import sys
from typing import Any

from klein import Klein
from twisted.internet.defer import Deferred, fail, succeed
from twisted.internet.interfaces import IReactorTime
from twisted.internet.task import deferLater
from zope.interface import Interface, implementer


class IIMService(Interface):
    """What the service needs of an IM service, fake or real."""

    def get_contact_list(username: str) -> Deferred[list[str]]:
        """Fire with usernames, or fail with LookupError for an unknown user."""


@implementer(IIMService)
class FakeIMService:
    def __init__(self, clock: IReactorTime) -> None:
        self.clock = clock

    def get_contact_list(self, username: str) -> Deferred[list[str]]:
        if username != "dustin":
            return fail(LookupError(f"no such user: {username}"))
        return deferLater(self.clock, 0.1, lambda: ["karl", "amber"])


class Service:
    app = Klein()

    def __init__(self, im_service: Any) -> None:
        self.im_service = im_service

    @app.route("/contacts", methods=["GET"])
    def ajax_get_contacts(self, request: Any) -> Deferred[bytes]:
        """Respond with the contacts of ``username`` or with an error, as JSON."""
        request.setHeader("Content-Type", "application/json")
        d: Deferred[Any] = succeed(request)
        d.addCallback(username_asked_for)
        d.addCallback(self.im_service.get_contact_list)
        d.addCallback(lambda contacts: json.dumps({"contacts": contacts}).encode())
        d.addErrback(as_error, request)  # terminal: after the JSON step, and last
        return d


def username_asked_for(request: Any) -> str:
    if b"username" not in request.args:
        raise ValueError("no username specified")
    return str(request.args[b"username"][0].decode())


def as_error(failure: Any, request: Any) -> bytes:
    expected = {LookupError: 404, ValueError: 400}
    request.setResponseCode(expected.get(failure.type, 500))
    return json.dumps({"error": str(failure.value) if failure.type in expected else "a bug"}).encode()


if __name__ == "__main__":
    from twisted.internet import reactor

    Service(FakeIMService(reactor)).app.run("127.0.0.1", int(sys.argv[1]) if sys.argv[1:] else 8080)
