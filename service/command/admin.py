"""``--admin``: a second endpoint, at which operators reach metrics and X-ray from elsewhere."""

from collections.abc import Callable
from typing import Any

from attrs import evolve
from twisted.internet.defer import Deferred

from service.chains.health import Health
from service.command.endpoints import make_endpoint
from service.command.server import Listener
from service.command.settings import Settings
from service.command.traffic import compose_budgets, compose_connections, compose_in_flight
from service.metrics import Snapshot
from service.web.admission import Admission
from service.web.dispatcher import Dispatcher, Routes
from service.web.health import HealthRoutes


def compose_admin(admission: Admission, settings: Settings, reactor: Any) -> Listener | None:
    """Make the admin endpoint, which serves the same, and does not mind where operators are; None without one.

    :raise BadSetting: if it is invalid.
    """
    if settings.admin is None or settings.inherit is not None:
        return None
    connections = compose_connections(evolve(admission, at_admin=True), settings, reactor)
    return Listener(make_endpoint(settings.admin, reactor, "--admin"), connections)


def compose_supervisor(
    settings: Settings, reactor: Any, take_snapshot: Callable[[], Deferred[Snapshot]]
) -> Listener | None:
    """Make the admin endpoint of the process that supervises others: their metrics, and its health."""
    if settings.admin is None:
        return None
    in_flight = compose_in_flight(settings, reactor)
    routes: list[Routes] = [HealthRoutes(Health(backends={}, clock=reactor), in_flight)]
    if settings.is_measured:
        from service.web.metrics import MetricsRoutes

        routes.append(MetricsRoutes(take_snapshot))
    admission = Admission(Dispatcher(routes, in_flight.observer), in_flight, compose_budgets(settings))
    return compose_admin(admission, settings, reactor)
