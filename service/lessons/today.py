"""``ajax_get_contacts`` as it is written today, without callbacks: but otherwise as the slides have it."""

import json
from collections.abc import Generator
from typing import Any

from twisted.internet.defer import Deferred, inlineCallbacks

from service.interfaces import IIMService
from service.lessons.contacts import Handler
from service.lessons.requests import QueryRequest


def v6(im_service: IIMService) -> Handler:
    """``async def``: the chain is a function again, and one ``try`` covers the JSON step too.

    Bug: it still says ``str(exception)`` to the browser, with the status 200, and takes a cancellation for an error.
    """

    async def ajax_get_contacts(request: QueryRequest) -> str:
        try:
            contacts = await im_service.get_contact_list(request.query["username"][0])
            return json.dumps({"contacts": [ctct.username for ctct in contacts]})
        except Exception as error:  # noqa: BLE001  as wide as the slides' errback
            return json.dumps({"error": str(error)})

    return ajax_get_contacts


def v7(im_service: IIMService) -> Handler:
    """``inlineCallbacks``: the same with a generator, as it was written before there was ``await``.

    Bug: those of v6.
    """

    @inlineCallbacks
    def ajax_get_contacts(request: QueryRequest) -> Generator[Deferred[Any], Any, str]:
        try:
            contacts = yield im_service.get_contact_list(request.query["username"][0])
            return json.dumps({"contacts": [ctct.username for ctct in contacts]})
        except Exception as error:  # noqa: BLE001  as wide as the slides' errback
            return json.dumps({"error": str(error)})

    return ajax_get_contacts
