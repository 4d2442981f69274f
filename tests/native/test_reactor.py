"""The timers of the loop, as Twisted has delayed calls."""

import asyncio
from typing import TYPE_CHECKING, Any

import pytest
from twisted.internet.error import AlreadyCalled, AlreadyCancelled
from twisted.internet.interfaces import IDelayedCall
from zope.interface.verify import verifyObject

from tests.log import Log

if TYPE_CHECKING:
    from tests.native.loops import Native


def test_a_delayed_call(native: "Native") -> None:
    """A call is made when its time has come, with its arguments, once."""
    made: list[Any] = []
    call = native.reactor.callLater(0.01, lambda *args, **kwargs: made.append((args, kwargs)), 1, a=2)
    assert verifyObject(IDelayedCall, call)
    assert call in native.reactor.getDelayedCalls()
    assert call.getTime() >= native.reactor.seconds()
    native.run(native.until(lambda: made))
    assert made == [((1,), {"a": 2})]
    assert not call.active()
    assert call not in native.reactor.getDelayedCalls()
    with pytest.raises(AlreadyCalled):
        call.cancel()


def test_cancelling(native: "Native") -> None:
    """A call that is cancelled is not made."""
    made: list[int] = []
    call = native.reactor.callLater(0, made.append, 1)
    call.cancel()
    with pytest.raises(AlreadyCancelled):
        call.reset(1)
    native.run(asyncio.sleep(0.01))
    assert made == []


def test_moving(native: "Native") -> None:
    """A call can be put off, and brought forward."""
    made: list[str] = []
    later = native.reactor.callLater(0, made.append, "later")
    sooner = native.reactor.callLater(1000, made.append, "sooner")
    before = later.getTime()
    later.delay(1000)
    assert later.getTime() == before + 1000
    sooner.reset(0)
    native.run(native.until(lambda: made))
    assert made == ["sooner"]
    later.cancel()


def test_a_call_that_fails(native: "Native", log: Log) -> None:
    """A call that raises is logged, and others are made all the same."""
    made: list[int] = []
    native.reactor.callLater(0, {}.pop, 1)
    native.reactor.callLater(0, made.append, 1)
    native.run(native.until(lambda: made))
    assert len(log.flush(KeyError)) == 1


def test_the_end(native: "Native") -> None:
    """The reactor runs until it is stopped."""
    native.reactor.callLater(0.01, native.reactor.stop)
    native.call(lambda: native.reactor.run(installSignalHandlers=False))
    assert not native.reactor.running
