"""The X-ray's routes: what chains look like, what waits, a way to stop it, what looks wrong. For localhost alone."""

import ipaddress
import math
from typing import Any, ClassVar

from attrs import define, frozen
from klein import Klein
from twisted.internet.defer import Deferred, succeed
from twisted.web.iweb import IRequest

from service.errors import NoSuchRoute, NotLocal, StoppedByHand
from service.web.exchanges import InFlight, exchange_of
from service.web.problems import as_problem
from service.web.replies import as_json
from service.xray.grid import Grid, to_dict
from service.xray.recent import RecentTraces, Remembered
from service.xray.text import as_text
from service.xray.warnings import warnings
from service.xray.watch import waiting

#: Seconds after which a request that waits is pointed at.
OLD = 60.0


@frozen
class TraceObserver:
    """Keeps the ``traces`` of the requests of which it is told."""

    traces: RecentTraces

    def began(self, request: Any, chain: Deferred[Any]) -> None:
        """See ``Observer``."""
        asks_for = f"{request.method.decode()} {request.uri.decode('latin-1')}"
        self.traces.remember(exchange_of(request).id, chain, asks_for)

    def ended(self, request: Any, status: int) -> None:
        """See ``Observer``."""
        self.traces.conclude(exchange_of(request).id, status)


@define(eq=False, slots=False)  # Klein keeps a reference to the bound app in the instance
class XRayRoutes:
    """Shows the ``traces`` of recent requests, by request id, and cancels those ``in_flight``."""

    traces: RecentTraces
    in_flight: InFlight

    app = Klein()
    remembered: ClassVar[bool] = False

    @app.route("/xray", methods=["GET"])
    def ajax_get_requests(self, request: IRequest) -> Deferred[bytes | None]:
        """The last requests, the last one first; which of them wait, and for what; all that has not fired; warnings."""
        d: Deferred[Any] = succeed(request)
        d.addCallback(if_local)
        d.addCallback(lambda _: self._overview())
        d.addCallback(as_json, request)
        d.addErrback(as_problem, request)
        return d

    @app.route("/xray/<request_id>", methods=["GET"])
    def ajax_get_grid(self, request: IRequest, request_id: str) -> Deferred[bytes | None]:
        """The grid of one request's chain."""
        d: Deferred[Any] = succeed(request)
        d.addCallback(if_local)
        d.addCallback(lambda _: self.traces.grid(request_id))
        d.addCallback(as_grid_body, request_id)
        d.addCallback(as_json, request)
        d.addErrback(as_problem, request)
        return d

    @app.route("/xray/waiting/<request_id>", methods=["DELETE"])
    def ajax_stop(self, request: IRequest, request_id: str) -> Deferred[bytes | None]:
        """Stop the work on the answer to one request, which is then answered 503."""
        d: Deferred[Any] = succeed(request)
        d.addCallback(if_local)
        d.addCallback(lambda _: self._stop(request_id))
        d.addCallback(as_json, request)
        d.addErrback(as_problem, request)
        return d

    def _stop(self, request_id: str) -> dict[str, Any]:
        if not self.in_flight.stop(request_id, StoppedByHand("stopped by hand, from the X-ray")):
            raise NoSuchRoute("that request is not in progress")
        return {"request_id": request_id, "stopped": True}

    def _overview(self) -> dict[str, Any]:
        remembered = [(one, summary_of_request(one)) for one in self.traces.all()]
        return {
            "recent": [described for _, described in remembered],
            "waiting": [
                described | {"waits_for": summary_of(one.waits_for)} for one, described in remembered if one.waits_for
            ],
            "unfired": [summary_of(grid) for grid in waiting()],
            "warnings": [
                *({"why": warned.why, **summary_of(warned.grid)} for warned in warnings(math.inf)),
                # Of what is old, only requests count: connections may be.
                *(
                    {"why": "old", **summary_of(one.waits_for)}
                    for one, _ in remembered
                    if one.waits_for and one.grid.age > OLD
                ),
            ],
        }


def if_local(request: Any) -> Any:
    """Hand a request on that was sent to this machine under a name of its own: no page from elsewhere can do that.

    :raise NotLocal: if it was sent to another name, which may lead here, too (DNS rebinding).
    """
    if not is_loopback(request.getRequestHostname().decode("latin-1")):
        raise NotLocal("the X-ray can be seen from this machine alone, at http://localhost")
    return request


def is_loopback(host: str) -> bool:
    """Say whether a host is this machine's own."""
    try:
        return host.lower() == "localhost" or ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def summary_of(grid: Grid) -> dict[str, Any]:
    """Shape what waits: what it is, where it was made, and for how many seconds it has been there."""
    return {
        "kind": grid.kind,
        "function": grid.made.function,
        "file": grid.made.file,
        "line": grid.made.line,
        "age": round(grid.age, 3),
    }


def summary_of_request(one: Remembered) -> dict[str, Any]:
    """Shape a request that is remembered: what it asks for, whether its chain waits, its age in seconds, its status."""
    return {
        "request_id": one.name,
        "asks_for": one.about,
        "state": "waiting" if one.waits_for else "done",
        "status": one.outcome,
        "age": round(one.grid.age, 3),
    }


def as_grid_body(grid: Grid | None, request_id: str) -> dict[str, Any]:
    """Shape the grid of a request.

    :raise NoSuchRoute: if there is none.
    """
    if grid is None:
        raise NoSuchRoute("no trace for that request; only the last 256 are kept")
    return {"request_id": request_id, **describe(grid)}


def describe(grid: Grid) -> dict[str, Any]:
    """Shape a grid, and draw it as text."""
    return {"grid": to_dict(grid), "text": as_text(grid)}
