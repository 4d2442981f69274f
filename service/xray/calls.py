"""A callback or errback, called in its stead: what it was given, and what came of it, is written down."""

import sys
import threading
import time
from collections.abc import Callable
from types import FrameType, TracebackType
from typing import Any

from twisted.internet.defer import Deferred
from twisted.python.failure import Failure

from service.xray.record import RECORDS, Record, StepRecord, show, side_of

#: Twisted's own, whatever is installed.
_add_both: Any = Deferred.addBoth


class Running(threading.local):
    """The steps that run in this thread, the innermost last."""

    def __init__(self) -> None:
        self.steps: list[StepRecord] = []


RUNNING = Running()


class Settings:
    """Whether values are shown; a class of its own, since installing is for the whole process."""

    values = True


class Watched:
    """One callback or errback, called in its stead."""

    def __init__(self, function: Callable[..., Any], step: StepRecord, record: Record) -> None:
        self.function = function
        self.step = step
        self.record = record

    def __call__(self, result: Any, *args: Any, **kwargs: Any) -> Any:
        """Call it, and write down what came of it."""
        step = self.step
        begin(step, self.record, result)
        RUNNING.steps.append(step)
        try:
            gave = self.function(result, *args, **kwargs)
        except BaseException as error:  # noqa: BLE001  what Deferred itself catches
            gave = failure_without_us(error, sys._getframe(1), captureVars=Deferred.debug)  # noqa: SLF001  documented
        finally:
            RUNNING.steps.pop()
        if gave is result:
            step.ended, step.left, step.gave = time.monotonic(), step.came, step.took
        elif isinstance(gave, Deferred):
            self._follow(gave)
        else:
            end(gave, step, self.record)
        return gave

    def _follow(self, nested: Deferred[Any]) -> None:
        if nested is self.record.deferred():
            # Twisted warns of this, and looks at these to say where the function is.
            for name in ("__module__", "__code__", "__globals__"):
                setattr(self, name, getattr(self.function, name))
            return
        returned = RECORDS.get(nested)
        if returned is not None:
            returned.is_wanted = True
            self.step.returned = returned
        _add_both(nested, end, self.step, self.record)


class Passed:
    """A side on which there is nothing: the result stays as it is."""

    def __init__(self, step: StepRecord, record: Record) -> None:
        self.step = step
        self.record = record

    def __call__(self, result: Any) -> Any:
        """Write down that it has passed."""
        step = self.step
        begin(step, self.record, result)
        step.ended, step.left, step.gave = step.started, step.came, step.took
        return result


def begin(step: StepRecord, record: Record, result: Any) -> None:
    """Write down what a step begins with: what the one before it has ended with, or what the Deferred fired with."""
    if not record.fired:
        record.fired = True
        record.shown = show(result) if Settings.values else None
    step.started, step.came, step.took = time.monotonic(), side_of(result), record.shown


def end(gave: Any, step: StepRecord, record: Record) -> Any:
    """Write down what a step has ended with, and pass it on."""
    step.ended, step.left = time.monotonic(), side_of(gave)
    step.gave = record.shown = show(gave) if Settings.values else None
    if step.returned is not None:
        step.returned.fired = True
    return gave


def failure_without_us(error: BaseException, caller: FrameType, *, captureVars: bool) -> Failure:
    """Make the failure that ``Deferred`` would have made, without our frame in its traceback."""
    assert error.__traceback__ is not None
    error.__traceback__ = TracebackType(error.__traceback__.tb_next, caller, caller.f_lasti, caller.f_lineno)
    return Failure(error, type(error), error.__traceback__, captureVars)
