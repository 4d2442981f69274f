"""Stalls: what blocks the reactor is logged with the code that does."""

import inspect
from collections.abc import Callable, Iterator
from types import FrameType
from typing import Any

import pytest
from twisted.internet.task import Clock

from service.stalls import MAX_KEPT, MAX_STACK, StallDetector
from tests.log import Log

THRESHOLD = 0.1


class Times:
    """A clock that only the test moves."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def times() -> Times:
    return Times()


@pytest.fixture
def detector(clock: Clock, times: Times) -> StallDetector:
    """A detector whose last beat was just now."""
    detector = StallDetector(clock, THRESHOLD, times)
    detector.beat()
    return detector


def block() -> FrameType | None:
    """Return a frame of a function that blocks."""
    return inspect.currentframe()


def doPoll() -> FrameType | None:
    """Return a frame of a reactor that waits."""
    return inspect.currentframe()


@pytest.mark.parametrize(("seconds", "blocked"), [(0.0, False), (0.12, False), (0.13, True), (10.0, True)])
def test_a_stall(detector: StallDetector, times: Times, log: Log, seconds: float, blocked: bool) -> None:
    """A beat that is overdue by more than the threshold is a stall, which is logged once it is over."""
    times.now += seconds
    detector.look(block)
    detector.look(block)
    assert not log.events
    detector.beat()
    detector.beat()
    assert detector.count == len(detector.stalls) == blocked
    messages = log.messages("service.stalls")
    assert len(messages) == blocked
    for message, stall in zip(messages, detector.stalls, strict=True):
        assert stall.seconds == pytest.approx(seconds - THRESHOLD / 4)
        assert message.startswith(f"the reactor was blocked for {stall.seconds:.3f} seconds:\n")
        assert ", in block\n" in message


@pytest.mark.parametrize("frame", [None, doPoll])
def test_a_reactor_that_waits(
    detector: StallDetector, times: Times, frame: Callable[[], FrameType | None] | None
) -> None:
    """A reactor that waits for something to happen, as after the process was stopped, is not blocked."""
    times.now += 10
    detector.look(frame or (lambda: None))
    detector.beat()
    assert detector.count == 0


def test_a_look_that_comes_too_late(detector: StallDetector, times: Times) -> None:
    """What the thread finds just after the reactor has run again is no stall."""
    times.now += 1
    detector.beat()
    detector.caught = "too late"
    times.now += THRESHOLD / 4
    detector.beat()
    assert detector.count == 0
    assert not detector.stalls


def deep(depth: int) -> FrameType | None:
    """Return a frame of a function that was called by itself."""
    return deep(depth - 1) if depth else inspect.currentframe()


def test_a_deep_stack(detector: StallDetector, times: Times, log: Log) -> None:
    """Of a deep stack the innermost frames are kept."""
    times.now += 1
    detector.look(lambda: deep(100))
    detector.beat()
    [stall] = detector.stalls
    assert len(stall.stack) <= MAX_STACK
    assert "in deep\n" in stall.stack
    assert "in test_a_deep_stack\n" not in stall.stack


def test_many(detector: StallDetector, times: Times, log: Log) -> None:
    """All stalls are counted, and the last ones are kept."""
    for _ in range(MAX_KEPT + 5):
        times.now += 1
        detector.look(block)
        detector.beat()
    assert (detector.count, len(detector.stalls)) == (MAX_KEPT + 5, MAX_KEPT)


@pytest.fixture
def running(clock: Clock) -> Iterator[StallDetector]:
    """A detector with its thread, on a reactor that never gets a turn."""
    detector = StallDetector(clock, 0.01)
    detector.start()
    yield detector
    detector.stop()
    assert clock.getDelayedCalls() == []


def test_the_thread(running: StallDetector, clock: Clock, log: Log) -> None:
    """The thread finds out what this one does while the reactor gets no turn."""

    def compute() -> None:
        while running.caught is None:
            sum(range(100))

    compute()
    clock.advance(1)
    [stall] = running.stalls
    assert "in compute\n" in stall.stack
    assert stall.seconds > 0.01


def test_one_that_was_not_started(clock: Clock) -> None:
    """A detector that was not started can be stopped."""
    detector: Any = StallDetector(clock, THRESHOLD)
    detector.stop()
    assert detector.count == 0
