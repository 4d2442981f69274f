"""Metrics as plain numbers: counted, timed, converted and added up."""

import json

from hypothesis import given, strategies as st

from service.metrics import BUCKETS, Histogram, Metrics, Snapshot, added_up


def test_counting() -> None:
    """What is counted, timed or asked for is in a snapshot by its name and labels, and stays as it was then."""
    metrics = Metrics()
    metrics.count("refusals", "overloaded")
    metrics.count("refusals", "overloaded", by=2)
    metrics.gauge("streams", lambda: 7)
    metrics.observe("lag", 0.02)
    metrics.observe("lag", 100.0)
    snapshot = metrics.snapshot()
    metrics.count("refusals", "overloaded")
    metrics.observe("lag", 0.02)
    assert snapshot.counts == {("refusals", ("overloaded",)): 3, ("streams", ()): 7}
    [numbers] = snapshot.durations.values()
    assert sum(numbers[:-1]) == 2
    assert numbers[len(BUCKETS)] == 1  # above all bounds
    assert numbers[-1] == 100.02


@given(st.lists(st.floats(0, 100)))
def test_durations(seconds: list[float]) -> None:
    """Each duration is in the first bucket whose bound it does not exceed."""
    histogram = Histogram()
    for one in seconds:
        histogram.observe(one)
    for bound, below in zip(
        BUCKETS, (sum(histogram.counts[: place + 1]) for place in range(len(BUCKETS))), strict=True
    ):
        assert below == sum(one <= bound for one in seconds)


def test_several_processes() -> None:
    """The numbers of several processes are added up, also after they have been sent as JSON."""
    metrics = Metrics()
    metrics.count("refusals", "overloaded")
    metrics.observe("lag", 0.5)
    other = Metrics()
    other.count("page_bytes", by=9)
    other.observe("lag", 0.25)
    other.observe("requests", 1, "/contacts", "GET")
    sent = [Snapshot.from_json(json.loads(json.dumps(one.snapshot().to_json()))) for one in (metrics, other, metrics)]
    whole = added_up(sent)
    assert whole.counts == {("refusals", ("overloaded",)): 2, ("page_bytes", ()): 9}
    assert whole.durations["lag", ()][-1] == 1.25
    assert sum(whole.durations["lag", ()][:-1]) == 3
    assert added_up([]) == Snapshot()
