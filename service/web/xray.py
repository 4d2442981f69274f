"""The X-ray routes, for localhost only: recent chains, pending requests and their cancellation, and warnings."""

import math
from typing import Any, ClassVar

from attrs import define, frozen
from klein import Klein
from twisted.internet.defer import Deferred
from twisted.web.iweb import IRequest

from service.errors import NoSuchRoute, StoppedByHand
from service.stalls import StallDetector
from service.web.exchanges import InFlight, exchange_of
from service.web.guard import check_local
from service.web.observer import Observer
from service.web.replies import as_json
from service.xray.grid import Grid, to_dict
from service.xray.recent import RecentTraces, Remembered
from service.xray.text import as_text
from service.xray.warnings import warnings
from service.xray.watch import waiting

#: Seconds after which a pending request is listed among the warnings.
OLD = 60.0


@frozen
class TraceObserver(Observer):
    """An observer that keeps the ``traces`` of recent requests."""

    traces: RecentTraces

    def began(self, request: Any, chain: Deferred[Any]) -> None:
        asks_for = f"{request.method.decode()} {request.uri.decode('latin-1')}"
        self.traces.remember(exchange_of(request).id, chain, asks_for)

    def ended(self, request: Any, status: int) -> None:
        self.traces.conclude(exchange_of(request).id, status)


@define(eq=False, slots=False)  # Klein keeps a reference to the bound app in the instance
class XRayRoutes:
    """The X-ray endpoints: they show the ``traces`` of recent requests, and cancel requests that are ``in_flight``.

    ``stalls`` knows what has blocked the reactor, if it is not None.
    """

    traces: RecentTraces
    in_flight: InFlight
    stalls: StallDetector | None = None

    app = Klein()
    remembered: ClassVar[bool] = False

    @app.route("/xray", methods=["GET"])
    def ajax_get_requests(self, request: IRequest) -> bytes:
        """Return recent requests, what the pending ones wait for, unfired Deferreds, stalls, and warnings."""
        check_local(request)
        return as_json(self._overview(), request)

    @app.route("/xray/<request_id>", methods=["GET"])
    def ajax_get_grid(self, request: IRequest, request_id: str) -> bytes:
        """Return the grid of the chain of one request."""
        check_local(request)
        grid = self.traces.grid(request_id)
        if grid is None:
            raise NoSuchRoute("no trace for that request; only the last 256 are kept")
        return as_json({"request_id": request_id, **describe(grid)}, request)

    @app.route("/xray/waiting/<request_id>", methods=["DELETE"])
    def ajax_stop(self, request: IRequest, request_id: str) -> bytes:
        """Cancel a pending request, which then gets 503."""
        check_local(request)
        if not self.in_flight.stop(request_id, StoppedByHand("the request was cancelled from the X-ray")):
            raise NoSuchRoute("that request is not in progress")
        return as_json({"request_id": request_id, "stopped": True}, request)

    def _stalls(self) -> list[dict[str, Any]]:
        if self.stalls is None:
            return []
        found, now = reversed(self.stalls.stalls), self.stalls.clock.seconds()
        return [{"seconds": stall.seconds, "age": now - stall.at, "stack": stall.stack} for stall in found]

    def _overview(self) -> dict[str, Any]:
        remembered = [(one, summary_of_request(one)) for one in self.traces.all()]
        return {
            "recent": [described for _, described in remembered],
            "waiting": [
                described | {"waits_for": summary_of(one.waits_for)} for one, described in remembered if one.waits_for
            ],
            "unfired": [summary_of(grid) for grid in waiting()],
            "stalls": self._stalls(),
            "warnings": [
                *({"why": warned.why, **summary_of(warned.grid)} for warned in warnings(math.inf)),
                # Only requests are too old; connections may live long.
                *(
                    {"why": "old", **summary_of(one.waits_for)}
                    for one, _ in remembered
                    if one.waits_for and one.grid.age > OLD
                ),
            ],
        }


def summary_of(grid: Grid) -> dict[str, Any]:
    """Shape the summary of a grid: its number, its kind, where it was made, and its age in seconds."""
    return {
        "number": grid.number,
        "kind": grid.kind,
        "function": grid.made.function,
        "file": grid.made.file,
        "line": grid.made.line,
        "age": round(grid.age, 3),
    }


def summary_of_request(one: Remembered) -> dict[str, Any]:
    """Shape a recent request: what it asks for, whether its chain is waiting, its status, and its age in seconds."""
    return {
        "request_id": one.name,
        "asks_for": one.about,
        "state": "waiting" if one.waits_for else "done",
        "status": one.outcome,
        "age": round(one.grid.age, 3),
    }


def describe(grid: Grid) -> dict[str, Any]:
    """Shape a grid, as data and as text."""
    return {"grid": to_dict(grid), "text": as_text(grid)}
