"""``/requests``: what was asked, for tests to look at."""

from typing import ClassVar

from attrs import define
from klein import Klein
from twisted.web.iweb import IRequest

from service.web.guard import check_local
from service.web.journal import Journal
from service.web.replies import as_json


@define(eq=False, slots=False)  # Klein keeps a reference to the bound app in the instance
class RequestsRoutes:
    """The endpoints for the ``journal``."""

    journal: Journal

    app = Klein()
    remembered: ClassVar[bool] = False

    @app.route("/requests", methods=["GET"])
    def ajax_get_requests(self, request: IRequest) -> bytes:
        """Return the last requests, in the order in which they have arrived."""
        check_local(request)
        return as_json({"requests": [entry.to_json() for entry in self.journal.entries()]}, request)

    @app.route("/requests", methods=["DELETE"])
    def ajax_forget_requests(self, request: IRequest) -> bytes:
        """Forget all requests until now, and the calls that the faults have counted."""
        check_local(request)
        return as_json({"forgotten": self.journal.forget()}, request)
