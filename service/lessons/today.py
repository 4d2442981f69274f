"""``ajax_get_contacts`` in modern style, without callbacks but otherwise as on the slides."""

import json
from collections.abc import Generator
from typing import Any

from twisted.internet.defer import Deferred, inlineCallbacks

from service.interfaces import IIMService
from service.lessons.contacts import Handler, QueryRequest


def v6(im_service: IIMService) -> Handler:
    """Use ``async def``: the chain is a plain function again, and one ``try`` covers the JSON step too.

    Bug: it still sends ``str(exception)`` to the browser with status 200, and treats a cancellation as an error.
    """

    async def ajax_get_contacts(request: QueryRequest) -> str:
        try:
            contacts = await im_service.get_contact_list(request.query["username"][0])
            return json.dumps({"contacts": [ctct.username for ctct in contacts]})
        except Exception as error:  # noqa: BLE001  as wide as the slides' errback
            return json.dumps({"error": str(error)})

    return ajax_get_contacts


def v7(im_service: IIMService) -> Handler:
    """Use ``inlineCallbacks``: the same with a generator, the style before ``await`` existed. Bug: the same as v6."""

    @inlineCallbacks
    def ajax_get_contacts(request: QueryRequest) -> Generator[Deferred[Any], Any, str]:
        try:
            contacts = yield im_service.get_contact_list(request.query["username"][0])
            return json.dumps({"contacts": [ctct.username for ctct in contacts]})
        except Exception as error:  # noqa: BLE001  as wide as the slides' errback
            return json.dumps({"error": str(error)})

    return ajax_get_contacts
