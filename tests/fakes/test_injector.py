"""Latency and fault injection."""

import json
import re
from typing import Any

import pytest
from twisted.internet.defer import CancelledError
from twisted.internet.task import Clock

from fakes.injector import CHALLENGE, FakeBugError, FaultInjector
from service.errors import BackendError, Overloaded, RateLimited, ServiceError, Unauthorised
from tests.results import failure_of, outcomes_of, result_of


def injector(clock: Clock, url: str = "fake:") -> FaultInjector:
    return FaultInjector.from_url(url, clock, "database")


def test_an_answer_comes_later(clock: Clock) -> None:
    """Even without latency, an answer takes a turn of the reactor."""
    d = injector(clock).respond("dustin", str.upper, "")
    assert not d.called
    clock.advance(0)
    assert result_of(d) == "DUSTIN"


@pytest.mark.parametrize(("asked", "seconds"), [("dustin", 0.2), ("dustin~slow", 1.2), ("dustin~slow=2.5", 2.7)])
def test_latency(clock: Clock, asked: str, seconds: float) -> None:
    """An answer takes the latency of the fake plus the ``slow`` in the name."""
    d = injector(clock, "fake:?latency=0.2").respond(asked, str.upper, "")
    clock.advance(seconds - 0.001)
    assert not d.called
    clock.advance(0.001)
    assert result_of(d) == "DUSTIN"


def waits(url: str) -> list[float]:
    clock = Clock()
    played = injector(clock, url)
    for name in "abcdefgh":
        played.respond(name, str.upper, "")
    return sorted(call.getTime() for call in clock.getDelayedCalls())


def test_jitter_is_bounded_and_repeats() -> None:
    """Jitter spreads the answers around the latency; the same seed repeats them, and another seed does not."""
    url = "fake:?latency=1&jitter=0.5&seed=7"
    assert len(set(waits(url))) == 8
    assert 0.5 <= min(waits(url)) <= max(waits(url)) <= 1.5
    assert waits(url) == waits(url)
    assert waits(url) != waits("fake:?latency=1&jitter=0.5&seed=8")


def test_flaky_fails_now_and_then(clock: Clock) -> None:
    """A flaky name fails in the given share of calls, and every run is identical."""

    def run() -> list[bool]:
        played = injector(clock)
        answers = [played.respond("dustin~flaky=0.3", str.upper, "") for _ in range(200)]
        clock.advance(0)
        return [outcomes_of(d) == ["DUSTIN"] for d in answers]

    assert 120 <= sum(run()) <= 160
    assert run() == run()


def test_down_fails_when_its_time_has_come(clock: Clock) -> None:
    """A call that is down fails after the same delay as an answer."""
    d = injector(clock).respond("dustin~slow=2~down", str.upper, "")
    clock.advance(1.9)
    assert not d.called
    clock.advance(0.1)
    assert failure_of(d, BackendError).error == "the database cannot be reached"


def test_raise_raises_from_the_method(clock: Clock) -> None:
    """The fault ``raise`` raises from the method instead of returning a Deferred."""
    with pytest.raises(FakeBugError, match="dustin~raise"):
        injector(clock).respond("dustin~raise", str.upper, "")


def test_malformed_fires_with_nonsense(clock: Clock) -> None:
    """A malformed call fires with garbage."""
    d = injector(clock).respond("dustin~malformed", str.upper, "nonsense")
    clock.advance(0)
    assert result_of(d) == "nonsense"


@pytest.mark.parametrize(
    ("fault", "error", "headers", "text"),
    [
        ("overloaded", Overloaded, {b"Retry-After": b"1"}, "the database is busy; try again in 1 second"),
        ("limited", RateLimited, {b"Retry-After": b"1"}, "the database takes no more calls .* try again in 1 second$"),
        ("limited=20", RateLimited, {b"Retry-After": b"20"}, "try again in 20 seconds"),
        (
            "unauthorised",
            Unauthorised,
            {b"WWW-Authenticate": CHALLENGE.encode()},
            "the session has ended; log in again",
        ),
    ],
)
def test_errors_of_callers(
    clock: Clock, fault: str, error: type[ServiceError], headers: dict[bytes, bytes], text: str
) -> None:
    """A caller is told to wait, or to log in, in the headers of the response, too."""
    d = injector(clock).respond(f"dustin~{fault}", str.upper, "")
    clock.advance(0)
    failed = failure_of(d, error)
    assert re.search(text, failed.error)
    assert failed.headers == headers


def test_fail(clock: Clock) -> None:
    """The first calls fail, and then it works, until the calls are forgotten."""
    played = injector(clock)

    def fails() -> bool:
        d = played.respond("dustin~fail=2", str.upper, "")
        clock.advance(0)
        [outcome] = outcomes_of(d)
        return outcome != "DUSTIN"

    assert [fails() for _ in range(4)] == [True, True, False, False]
    played.calls.forget()
    assert fails()


def test_unserialisable_fires_with_what_json_does_not_know(clock: Clock) -> None:
    """An unserialisable answer has the expected members but cannot be encoded as JSON."""
    d = injector(clock).respond("dustin~unserialisable", str.upper, "")
    clock.advance(0)
    odd: Any = result_of(d)
    with pytest.raises(TypeError):
        json.dumps([odd.username, odd.name])


@pytest.mark.parametrize("asked", ["dustin~hang", "dustin~slow=9"])
def test_cancelling_leaves_nothing_behind(clock: Clock, asked: str) -> None:
    """A call that hangs or is slow leaves no timer when it is cancelled."""
    d = injector(clock).respond(asked, str.upper, "")
    clock.advance(5)
    assert not d.called
    d.cancel()
    failure_of(d, CancelledError)
    assert clock.getDelayedCalls() == []


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("fake:?latency=soon", "latency to be seconds, from 0 to 3600"),
        ("fake:?latency=", "latency to be seconds, from 0 to 3600"),
        ("fake:?jitter=-1", "jitter to be seconds, from 0 to 3600"),
        ("fake:?seed=x", "seed to be a whole number"),
        ("fake:?faults=late", "faults to be a list of faults of a backend, such as slow=2~flaky=0.1"),
        ("fake:?faults=reset", "faults to be a list of faults of a backend, such as slow=2~flaky=0.1"),
        ("fake:?colour=red", "options among latency, jitter, seed, faults, people"),
        ("fake://host", "nothing but options after 'fake:', such as fake:?latency=0.2"),
        ("fake:?people=/nowhere", "people to be a readable file (No such file or directory)"),
    ],
)
def test_options_that_cannot_be(clock: Clock, url: str, expected: str) -> None:
    """The error for an invalid option says in one line what is accepted."""
    with pytest.raises(ValueError, match=f"^{re.escape(expected)}$"):
        injector(clock, url)
