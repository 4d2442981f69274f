"""Metrics: plain numbers, counted as things happen, and reported on request."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any

from attrs import define, field

#: Upper bounds of the buckets of all durations, in seconds; the last one has no bound.
BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)

#: The value of a label, which is made a text only when there is a report.
Label = str | bytes | int
#: The name of a metric, and the values of its labels.
Key = tuple[str, tuple[str, ...]]


class Histogram:
    """Durations: how many are in each bucket, and their sum in seconds."""

    __slots__ = ("counts", "total")

    def __init__(self) -> None:
        self.counts = [0] * (len(BUCKETS) + 1)
        self.total = 0.0

    def observe(self, seconds: float) -> None:
        """Take note of a duration."""
        self.counts[bisect_left(BUCKETS, seconds)] += 1
        self.total += seconds


@define
class Snapshot:
    """The numbers of one process, or of several that were added up; a duration is its buckets and its sum."""

    counts: Counter[Key] = field(factory=Counter)
    durations: dict[Key, list[float]] = field(factory=dict)

    def add(self, other: "Snapshot") -> None:
        """Add the numbers of another process."""
        self.counts.update(other.counts)
        for key, numbers in other.durations.items():
            own = self.durations.setdefault(key, [0] * len(numbers))
            self.durations[key] = [a + b for a, b in zip(own, numbers, strict=True)]

    def to_json(self) -> dict[str, Any]:
        """Convert to JSON types."""
        return {
            "counts": [[*key, value] for key, value in self.counts.items()],
            "durations": [[*key, numbers] for key, numbers in self.durations.items()],
        }

    @classmethod
    def from_json(cls, document: dict[str, Any]) -> "Snapshot":
        """Convert from JSON types."""
        counts = Counter({(name, tuple(labels)): value for name, labels, value in document["counts"]})
        durations = {(name, tuple(labels)): numbers for name, labels, numbers in document["durations"]}
        return cls(counts, durations)


@define(eq=False)
class Metrics:
    """The numbers of this process.

    Names are those of the table in ``service.web.metrics``. ``gauges`` are asked for their value at a snapshot.
    """

    counts: Counter[Key] = field(factory=Counter, init=False)
    durations: dict[tuple[str, tuple[Label, ...]], Histogram] = field(factory=dict, init=False)
    gauges: dict[Key, Callable[[], float]] = field(factory=dict, init=False)

    def count(self, name: str, *labels: str, by: int = 1) -> None:
        """Count something."""
        self.counts[name, labels] += by

    def observe(self, name: str, seconds: float, *labels: Label) -> None:
        """Take note of a duration."""
        histogram = self.durations.get((name, labels))
        if histogram is None:
            histogram = self.histogram(name, *labels)
        histogram.observe(seconds)

    def histogram(self, name: str, *labels: Label) -> Histogram:
        """Return what takes note of durations with these labels; the first time, make it."""
        return self.durations.setdefault((name, labels), Histogram())

    def gauge(self, name: str, value: Callable[[], float], *labels: str) -> None:
        """Say how to find out the value of something that goes up and down."""
        self.gauges[name, labels] = value

    def snapshot(self) -> Snapshot:
        """Return the numbers as they are now."""
        counts: Counter[Key] = Counter(self.counts)
        for key, value in self.gauges.items():
            counts[key] = value()  # type: ignore[assignment]  # some gauges are fractions
        durations = {
            (name, tuple(map(as_text, labels))): [*one.counts, one.total]
            for (name, labels), one in self.durations.items()
        }
        return Snapshot(counts, durations)


def as_text(label: Label) -> str:
    """Return the value of a label as text."""
    return label.decode("latin-1") if isinstance(label, bytes) else str(label)


def added_up(snapshots: Iterable[Snapshot]) -> Snapshot:
    """Add up the numbers of several processes."""
    whole = Snapshot()
    for snapshot in snapshots:
        whole.add(snapshot)
    return whole
