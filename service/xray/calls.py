"""A callback or errback, called in its stead: what it was given, and what came of it, is written down."""

import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from types import FrameType, TracebackType
from typing import Any

from twisted.internet.defer import Deferred, passthru
from twisted.python.failure import Failure

from service.xray.record import Record, StepRecord, record_of, show, side_of

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

    def __call__(self, result: Any, /, *args: Any, **kwargs: Any) -> Any:
        """Call it, and write down what came of it."""
        step = self.step
        begin(step, self.record, result)
        RUNNING.steps.append(step)
        try:
            try:
                gave = self.function(result, *args, **kwargs)
            except BaseException as error:  # noqa: BLE001  what Deferred itself catches
                gave = failure_without_us(error, sys._getframe(1), captureVars=Deferred.debug)  # noqa: SLF001  documented
            finally:
                RUNNING.steps.pop()
            if gave is result:
                end_as_shown(gave, step, self.record)
            elif isinstance(gave, Deferred):
                self._follow(gave)
            else:
                end(gave, step, self.record)
            return gave
        finally:
            # A failure refers to its traceback, that to this frame, and this frame to the failure.
            del gave, result, args, kwargs

    def __reduce__(self) -> Any:
        """Be copied, or pickled, as what is called."""
        return as_it_is, (self.function,)

    def _follow(self, nested: Deferred[Any]) -> None:
        if nested is self.record.deferred():
            # Twisted warns of this, and looks at these to say where the function is.
            for name in ("__module__", "__code__", "__globals__"):
                setattr(self, name, getattr(self.function, name))
            return
        returned = record_of(nested)
        if returned is not None:
            returned.is_wanted = True
            self.step.returned = returned
        self.record.shown = self.record.left = None  # until it is known what comes of that
        _add_both(nested, end, self.step, self.record)


class Passed:
    """A side on which there is nothing: the result stays as it is."""

    def __init__(self, step: StepRecord, record: Record) -> None:
        self.step = step
        self.record = record

    def __call__(self, result: Any, /) -> Any:
        """Write down that it has passed."""
        begin(self.step, self.record, result)
        end_as_shown(result, self.step, self.record)
        return result

    def __reduce__(self) -> Any:
        """Be copied, or pickled, as what passes a result on."""
        return as_it_is, (passthru,)


def as_it_is(function: Any) -> Any:
    """Take a function for itself."""
    return function


def begin(step: StepRecord, record: Record, result: Any) -> None:
    """Write down what a step begins with: what the one before it has ended with, if that was seen."""
    with suppress(RecursionError):  # whatever can be done is to be done, seen or unseen
        record.fired = True
        if record.shown is None and Settings.values:
            record.shown = show(result)
        step.started, step.came = time.monotonic(), side_of(result)
        step.took = record.shown if Settings.values else None


def end(gave: Any, step: StepRecord, record: Record) -> Any:
    """Write down what a step has ended with, and pass it on."""
    record.shown = None
    with suppress(RecursionError):
        if Settings.values:
            record.shown = show(gave)
        end_as_shown(gave, step, record)
    return gave


def end_as_shown(gave: Any, step: StepRecord, record: Record) -> None:
    """Write down that a step has ended with what is shown already."""
    step.ended = time.monotonic()
    step.left = record.left = side_of(gave)
    step.gave = record.shown if Settings.values else None
    if step.returned is not None:
        step.returned.fired = True


def failure_without_us(error: BaseException, caller: FrameType, *, captureVars: bool) -> Failure:
    """Make the failure that ``Deferred`` would have made, without our frame in its traceback."""
    inner = error.__traceback__.tb_next if error.__traceback__ else None
    error.__traceback__ = TracebackType(inner, caller, caller.f_lasti, caller.f_lineno)
    return Failure(error, type(error), error.__traceback__, captureVars)
