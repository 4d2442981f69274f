"""``/clock``: with ``--clock manual``, tests move the time of the service."""

from typing import Any, ClassVar

from attrs import define
from klein import Klein
from twisted.internet.defer import Deferred, succeed
from twisted.internet.interfaces import IReactorTime
from twisted.python.failure import Failure
from twisted.web.iweb import IRequest

from service.clock import ManualClock
from service.errors import TimedOut
from service.web.guard import check_local
from service.web.journal import Journal
from service.web.problems import as_problem
from service.web.query import in_flight_asked_for, seconds_asked_for
from service.web.replies import as_json

#: Maximum number of calls that are listed as due.
MOST_DUE = 100
#: Real seconds for the requests to arrive that an advance waits for: those it names, or any, if none is in flight.
PATIENCE, MOMENT = 5.0, 0.2


@define(eq=False, slots=False)  # Klein keeps a reference to the bound app in the instance
class ClockRoutes:
    """The endpoints for the ``clock``; ``journal`` knows who was answered, and ``real_clock`` how long to wait."""

    clock: ManualClock
    journal: Journal
    real_clock: IReactorTime

    app = Klein()
    remembered: ClassVar[bool] = False

    @app.route("/clock", methods=["GET"])
    def ajax_get_clock(self, request: IRequest) -> bytes:
        """Return the time, whether it runs by itself, and what is due next."""
        check_local(request)
        due = [{"name": name, "at": rounded(at)} for name, at in self.clock.due()[:MOST_DUE]]
        return as_json({**self._time(), "due": due}, request)

    @app.route("/clock", methods=["DELETE"])
    def ajax_run_on(self, request: IRequest) -> bytes:
        """Let time run by itself from here."""
        check_local(request)
        self.clock.run_on()
        return as_json(self._time(), request)

    @app.route("/clock/advance", methods=["POST"])
    def ajax_advance(self, request: IRequest) -> Deferred[bytes]:
        """Advance the clock by ``seconds``, once ``in_flight`` requests are in flight."""
        d: Deferred[Any] = succeed(request)
        d.addCallback(self._advance)
        d.addCallback(as_json, request)
        d.addErrback(as_problem, request)
        return d

    def _advance(self, request: IRequest) -> Deferred[dict[str, Any]]:
        check_local(request)
        seconds, count = seconds_asked_for(request), in_flight_asked_for(request)
        return advance(self.clock, self.journal, self.real_clock, seconds, count)

    def _time(self) -> dict[str, Any]:
        return {"now": rounded(self.clock.seconds()), "running": self.clock.running}


def advance(
    clock: ManualClock, journal: Journal, real_clock: IReactorTime, seconds: float, in_flight: int | None
) -> Deferred[dict[str, Any]]:
    """Advance a clock, once so many requests are in flight; None is for a moment in which one may arrive.

    :return: a Deferred that fires with the time then, the names of what was due until then, and the ids of the requests
        that were answered meanwhile; or fails with ``TimedOut`` if the requests do not arrive. It can be cancelled.
    """
    before = journal.count_ended

    def as_body(fired: list[str]) -> dict[str, Any]:
        return {"now": rounded(clock.seconds()), "fired": fired, "answered": journal.answered_since(before)}

    d: Deferred[Any] = journal.when_in_flight(1 if in_flight is None else in_flight)
    if in_flight is None:
        d.addTimeout(MOMENT, real_clock, or_nothing)
    else:
        d.addTimeout(PATIENCE, real_clock, or_too_few)
    d.addCallback(lambda _: clock.advance(seconds))
    return d.addCallback(as_body)


def or_nothing(_: object, __: float) -> None:
    """Recover from the end of a moment in which no request has arrived."""


def or_too_few(_: object, seconds: float) -> Failure:
    """Replace the outcome of the cancelled wait with ``TimedOut`` for requests that did not arrive."""
    return Failure(TimedOut(seconds, "such number of requests in flight"))


def rounded(seconds: float) -> float:
    """Return seconds without what is due to the sum of floating-point numbers."""
    return round(seconds, 6)
