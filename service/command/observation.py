"""What operators see of the service: X-ray, metrics, and what blocks the reactor."""

from collections.abc import Mapping
from functools import partial
from typing import Any, Self

from attrs import evolve, frozen
from twisted.internet.interfaces import IReactorTime

from service.command.settings import Settings
from service.metrics import Metrics
from service.stalls import StallDetector
from service.web.admission import Admission
from service.web.dispatcher import Dispatcher, Routes
from service.wire.factory import HTTPFactory


@frozen
class Observation:
    """The ``metrics`` and the detector of ``stalls``, each None if it is off."""

    clock: IReactorTime
    metrics: Metrics | None
    stalls: StallDetector | None

    @classmethod
    def of(cls, settings: Settings, clock: IReactorTime) -> Self:
        """Make what the settings ask for."""
        metrics = Metrics() if settings.is_measured else None
        stalls = StallDetector(clock, settings.stalls) if settings.stalls else None
        if metrics is not None and stalls is not None:
            stalls.lag = partial(metrics.observe, "reactor_lag_seconds")
            metrics.gauge("reactor_stalls", lambda: stalls.count)
        return cls(clock, metrics, stalls)

    def measured(self, backends: Mapping[str, Any]) -> dict[str, Any]:
        """Wrap backends so that their operations are counted; without metrics, return them unchanged."""
        if self.metrics is None:
            return dict(backends)
        from service.backends.measured import MeasuredIMService, MeasuredPageFetcher, MeasuredUserDatabase

        kinds = {"database": MeasuredUserDatabase, "im": MeasuredIMService, "pages": MeasuredPageFetcher}
        return {name: kinds[name](backend, name, self.metrics, self.clock) for name, backend in backends.items()}

    def observe(self, admission: Admission, settings: Settings) -> Admission:
        """Let X-ray observe requests, and add the routes of X-ray and of the metrics, as far as these are on."""
        if settings.is_watched:
            from service.xray.watch import waiting

            admission = watched(admission, self.stalls)
            if self.metrics is not None:
                self.metrics.gauge("deferreds_pending", lambda: len(waiting()))
        if self.metrics is not None and settings.inherit is None:
            from service.web.metrics import MetricsRoutes

            admission = with_routes(admission, MetricsRoutes(self.metrics.snapshot))
        return admission

    def measure(self, admission: Admission, backends: Mapping[str, Any], connections: HTTPFactory) -> None:
        """Say where the metrics find what goes up and down."""
        metrics, in_flight = self.metrics, admission.in_flight
        if metrics is None:
            return
        application: Any = admission.dispatcher.routes[0]
        metrics.gauge("requests_in_flight", lambda: len(in_flight))
        metrics.gauge("streams", lambda: in_flight.streams)
        metrics.gauge("connections", lambda: len(connections.connections))
        metrics.gauge("title_cache_hits", lambda: application.titles.hits)
        for name, measured in backends.items():
            limiter = getattr(measured.backend, "limiter", None)
            if limiter is not None:
                metrics.gauge("queue_length", partial(getattr, limiter, "queued"), name)


def watched(admission: Admission, stalls: StallDetector | None = None) -> Admission:
    """Let X-ray observe requests, add its routes, and tell this origin how long each step took."""
    from service.web.server_timing import TimedFinish
    from service.web.xray import TraceObserver, XRayRoutes
    from service.xray.recent import RecentTraces

    traces, in_flight = RecentTraces(), admission.in_flight
    in_flight.observer = TraceObserver(traces)
    admission = with_routes(admission, XRayRoutes(traces, in_flight, stalls))
    return evolve(admission, finish=TimedFinish(traces))


def with_routes(admission: Admission, routes: Routes) -> Admission:
    """Add routes."""
    in_flight = admission.in_flight
    return evolve(admission, dispatcher=Dispatcher([*admission.dispatcher.routes, routes], in_flight.observer))
