"""What every backend promises when what is behind it is not well."""

import pytest
from pytest_twisted import ensureDeferred
from twisted.internet.defer import CancelledError, gatherResults
from twisted.internet.interfaces import IReactorTime

from service.errors import BackendError, Overloaded, TimedOut
from tests.contracts.rigs import Rig

#: Seconds that an operation is given here, in which to know that a backend is down, and to let go of one.
DEADLINE = 0.4
AT_ONCE = 0.05
CLOSED = 1.0


@ensureDeferred
async def test_down_and_back(rig: Rig, running_reactor: IReactorTime) -> None:
    """What is down fails with BackendError, within 50 ms of knowing; once it is back, the next request succeeds."""
    assert await rig.ask() == rig.answer
    rig.stop()
    try:
        taken = []
        for _ in range(5):  # whoever else is busy on this machine is not busy all the time
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
    """A restart between two requests goes unseen."""
    assert await gatherResults([rig.ask() for _ in range(20)]) == [rig.answer] * 20
    rig.stop()
    rig.start()
    assert await gatherResults([rig.ask() for _ in range(20)]) == [rig.answer] * 20


@ensureDeferred
async def test_cancelled_while_frozen(rig: Rig) -> None:
    """What is frozen can be cancelled at once, and the next request is not the worse for it when it is thawed."""
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
    """What is frozen fails with TimedOut at the deadline; once it is thawed, the next request succeeds."""
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
    """When as many wait as may, the next one fails with Overloaded at once, and those who wait are answered."""
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
    """A backend is let go of within a second, even if it answers nothing any more."""
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
