"""The health of the service: whether it is alive, and whether to send requests here."""

from typing import Any, ClassVar

from attrs import define
from klein import Klein
from twisted.internet.defer import Deferred, succeed
from twisted.web.iweb import IRequest

from service.chains.health import Health
from service.errors import Draining
from service.web.bodies import LivenessBody, readiness_body
from service.web.exchanges import InFlight
from service.web.openapi.operations import described
from service.web.problems import as_problem
from service.web.replies import as_json


@define(eq=False, slots=False)  # Klein keeps a reference to the bound app in the instance
class HealthRoutes:
    """The endpoints for what watches over the service; ``in_flight`` knows whether that is stopping."""

    health: Health
    in_flight: InFlight

    app = Klein()
    remembered: ClassVar[bool] = True

    @app.route("/livez", methods=["GET"])
    @described(LivenessBody)
    def livez(self, request: IRequest) -> bytes:
        """Report liveness: a process that can respond is alive."""
        return as_json({"status": "ok"}, request)

    @app.route("/readyz", methods=["GET"])
    @described(readiness_body, errors=(Draining,))
    def readyz(self, request: IRequest) -> Deferred[bytes]:
        """Report readiness: 503 while draining, else 200 with the state of each backend, even if one is down."""
        d: Deferred[Any] = succeed(request)
        d.addCallback(self._unless_draining)
        d.addCallback(lambda _: self.health.check())
        d.addCallback(readiness_body)
        d.addCallback(as_json, request)
        d.addErrback(as_problem, request)
        return d

    def _unless_draining(self, request: IRequest) -> IRequest:
        if self.in_flight.draining:
            raise Draining("the service is stopping")
        return request
