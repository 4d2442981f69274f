"""What only a service on fakes has, for tests: the manual clock, the list of requests, and faults of connections."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from attrs import evolve
from twisted.internet.interfaces import IReactorTime

from service.backends.registry import make_faulty_connections
from service.clock import ManualClock
from service.command.observation import with_routes
from service.command.settings import Settings
from service.interfaces import IForgetting
from service.web.admission import Admission
from service.web.arrivals import ArrivalRoutes
from service.web.clock import ClockRoutes
from service.web.journal import Journal
from service.web.requests import RequestsRoutes


def compose_clock(settings: Settings, reactor: Any) -> Any:
    """Return the clock of everything that waits: the reactor, or a manual one."""
    return ManualClock(reactor) if settings.clock == "manual" else reactor


def with_controls(
    admission: Admission, settings: Settings, backends: Mapping[str, Any], real_clock: IReactorTime, watch: Path
) -> Admission:
    """Add what tests and the page control a service on fakes with, unless it has several processes.

    ``watch`` is the folder that ``/wait-for-file`` watches.
    """
    if not settings.is_controlled:
        return admission
    in_flight = admission.in_flight
    connections = make_faulty_connections(in_flight.clock)
    forgetting = (IForgetting(backend, None) for backend in backends.values())
    others = [connections.calls.forget, *(backend.forget for backend in forgetting if backend is not None)]
    journal = in_flight.journal = Journal(in_flight.pending, others)
    admission = with_routes(admission, RequestsRoutes(journal))
    if settings.makes_files:
        admission = with_routes(admission, ArrivalRoutes(watch, in_flight.clock))
    if isinstance(in_flight.clock, ManualClock):
        admission = with_routes(admission, ClockRoutes(in_flight.clock, journal, real_clock))
    return evolve(admission, prepare=connections.prepare)
