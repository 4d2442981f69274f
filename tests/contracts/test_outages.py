"""The contract of every backend during outages of its server."""

import pytest
from pytest_twisted import ensureDeferred
from twisted.internet.defer import CancelledError, gatherResults
from twisted.internet.interfaces import IReactorTime

from service.errors import BackendError, Overloaded, TimedOut
from tests.contracts.rigs import Rig

#: Seconds for an operation, for the failure of a backend that is down, and for closing a backend.
DEADLINE = 0.4
AT_ONCE = 0.05
CLOSED = 1.0


@ensureDeferred
async def test_down_and_back(rig: Rig, running_reactor: IReactorTime) -> None:
    """A backend that is down fails with BackendError within 50 ms; once it is back, the next request succeeds."""
    assert await rig.ask() == rig.answer
    rig.stop()
    try:
        taken = []
        for _ in range(5):  # the fastest counts, since other processes may be busy
            started = running_reactor.seconds()
            with pytest.raises(BackendError):
                await rig.ask()
            taken.append(running_reactor.seconds() - started)
        assert min(taken) < AT_ONCE
        with pytest.raises(BackendError):
            await rig.subject.ping()
    finally:
        rig.start()
    assert await rig.ask() == rig.answer


@ensureDeferred
async def test_a_restart(rig: Rig) -> None:
    """A restart between two requests goes unnoticed."""
    assert await gatherResults([rig.ask() for _ in range(20)]) == [rig.answer] * 20
    rig.stop()
    rig.start()
    assert await gatherResults([rig.ask() for _ in range(20)]) == [rig.answer] * 20


@ensureDeferred
async def test_cancelled_while_frozen(rig: Rig) -> None:
    """A request to a frozen backend can be cancelled immediately; once it is thawed, the next request succeeds."""
    assert await rig.ask() == rig.answer
    rig.freeze()
    try:
        waiting = [rig.ask() for _ in range(5)]
        for d in waiting:
            d.cancel()
            with pytest.raises(CancelledError):
                await d
    finally:
        rig.thaw()
    assert await rig.ask() == rig.answer


@ensureDeferred
async def test_frozen(real_rig: Rig) -> None:
    """A frozen backend fails with TimedOut at the deadline; once it is thawed, the next request succeeds."""
    assert await real_rig.ask() == real_rig.answer
    deadline, real_rig.subject.limiter.deadline = real_rig.subject.limiter.deadline, DEADLINE
    real_rig.freeze()
    try:
        with pytest.raises(TimedOut):
            await real_rig.ask()
        with pytest.raises(TimedOut):
            await real_rig.subject.ping()
    finally:
        real_rig.thaw()
        real_rig.subject.limiter.deadline = deadline
    assert await real_rig.ask() == real_rig.answer


@ensureDeferred
async def test_too_much_at_once(real_rig: Rig) -> None:
    """When the queue is full, the next request fails with Overloaded immediately; the queued ones succeed."""
    real_rig.subject.limiter.waiting = 5
    real_rig.freeze()
    try:
        waiting = [real_rig.ask() for _ in range(real_rig.subject.limiter.at_once + 5)]
        with pytest.raises(Overloaded):
            await real_rig.ask()
    finally:
        real_rig.thaw()
    assert await gatherResults(waiting) == [real_rig.answer] * len(waiting)


@ensureDeferred
async def test_closing_while_frozen(rig: Rig, running_reactor: IReactorTime) -> None:
    """A backend closes within a second, even if it is frozen."""
    assert await rig.ask() == rig.answer
    rig.freeze()
    try:
        waiting = rig.ask()
        waiting.cancel()
        started = running_reactor.seconds()
        await rig.subject.close()
        assert running_reactor.seconds() - started < CLOSED
    finally:
        rig.thaw()
    with pytest.raises(CancelledError):
        await waiting
