"""``/metrics``: the numbers of the service, as Prometheus and OpenMetrics have them."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any, ClassVar

from attrs import define, field
from klein import Klein
from prometheus_client import CollectorRegistry, GCCollector, PlatformCollector, ProcessCollector
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.exposition import choose_encoder
from prometheus_client.registry import Collector
from twisted.internet.defer import Deferred, maybeDeferred
from twisted.web.iweb import IRequest

from service.metrics import BUCKETS, Snapshot
from service.web.guard import check_local

_PREFIX = "ajax_contacts_"
#: Name -> what it is, and its labels; none has a value that clients choose.
DURATIONS: dict[str, tuple[str, tuple[str, ...]]] = {
    "request_duration_seconds": ("Requests that have ended, by how long they took.", ("route", "method", "status")),
    "backend_duration_seconds": ("Operations of backends.", ("backend", "operation", "outcome")),
    "reactor_lag_seconds": ("How late the reactor runs what is due.", ()),
}
COUNTS: dict[str, tuple[str, tuple[str, ...]]] = {
    "refusals": ("Requests that were refused before they had reached an endpoint.", ("code",)),
    "cancelled": ("Requests that were cancelled.", ("reason",)),
    "page_bytes": ("Bytes of pages that were fetched, decoded.", ()),
    "title_cache_hits": ("Page titles that were answered from the cache.", ()),
    "reactor_stalls": ("Times that the reactor was blocked for too long.", ()),
}
GAUGES: dict[str, tuple[str, tuple[str, ...]]] = {
    "requests_in_flight": ("Requests that have not ended.", ()),
    "streams": ("Streams of events that have not ended.", ()),
    "connections": ("Open connections.", ()),
    "queue_length": ("Operations that wait for their turn, or for the backend.", ("backend",)),
    "deferreds_pending": ("Deferreds that have not fired, where X-ray is on.", ()),
}
_BOUNDS = [*map(str, BUCKETS), "+Inf"]


@define(eq=False)  # a registry takes only what can be hashed
class SnapshotCollector(Collector):
    """A collector of the numbers of one snapshot."""

    snapshot: Snapshot

    def collect(self) -> Iterable[Metric]:
        """Return every metric, those without a number included."""
        yield from self._durations()
        yield self._requests()
        yield from self._numbers(COUNTS, CounterMetricFamily)
        yield from self._numbers(GAUGES, GaugeMetricFamily)

    def _durations(self) -> Iterator[Metric]:
        for name, (about, labels) in DURATIONS.items():
            family = HistogramMetricFamily(_PREFIX + name, about, labels=labels)
            for (found, values), (*counts, total) in self.snapshot.durations.items():
                if found == name:
                    family.add_metric(values, list(zip(_BOUNDS, cumulated(counts), strict=True)), total)
            yield family

    def _requests(self) -> Metric:
        """Return the number of requests: that of their durations, by a name of its own."""
        family = CounterMetricFamily(
            f"{_PREFIX}requests", "Requests that have ended.", labels=("route", "method", "status")
        )
        for (name, values), (*counts, _) in self.snapshot.durations.items():
            if name == "request_duration_seconds":
                family.add_metric(values, sum(counts))
        return family

    def _numbers(self, table: dict[str, tuple[str, tuple[str, ...]]], kind: Any) -> Iterator[Metric]:
        for name, (about, labels) in table.items():
            family = kind(_PREFIX + name, about, labels=labels)
            for (found, values), value in self.snapshot.counts.items():
                if found == name:
                    family.add_metric(values, value)
            yield family


def cumulated(counts: list[float]) -> Iterator[float]:
    """Yield the number of durations up to each bound."""
    total = 0.0
    for count in counts:
        total += count
        yield total


@define(eq=False, slots=False)  # Klein keeps a reference to the bound app in the instance
class MetricsRoutes:
    """The endpoint for Prometheus; ``take_snapshot`` returns the numbers, or a Deferred that fires with them."""

    take_snapshot: Callable[[], Snapshot | Deferred[Snapshot]]
    _process: CollectorRegistry = field(factory=CollectorRegistry, init=False)

    app = Klein()
    remembered: ClassVar[bool] = False

    def __attrs_post_init__(self) -> None:
        for collector in (ProcessCollector, PlatformCollector, GCCollector):
            collector(registry=self._process)

    @app.route("/metrics", methods=["GET"])
    def get_metrics(self, request: IRequest) -> Deferred[bytes]:
        """Return the numbers, in the format that the client accepts."""
        check_local(request)
        d: Deferred[Any] = maybeDeferred(self.take_snapshot)
        return d.addCallback(self._as_text, request)

    def _as_text(self, snapshot: Snapshot, request: IRequest) -> bytes:
        registry = CollectorRegistry()
        registry.register(SnapshotCollector(snapshot))
        registry.register(self._process)
        encode, content_type = choose_encoder((request.getHeader(b"accept") or b"").decode("latin-1"))
        request.setHeader(b"Content-Type", content_type.encode())
        return encode(registry)
