"""``ajax_get_contacts`` in the slides' style, without the bugs of v1 to v5."""

import json
from typing import Any

from twisted.internet import defer
from twisted.internet.defer import Deferred
from twisted.python.failure import Failure

from service.interfaces import IIMService
from service.lessons.contacts import Handler, QueryRequest, get_contacts_of


def right(im_service: IIMService) -> Handler:
    """Put the whole operation in the chain, and the terminal errback after the JSON step: nothing gets past it."""
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

        d.addCallback(json_cb)
        d.addErrback(json_eb)
        return d

    return ajax_get_contacts
