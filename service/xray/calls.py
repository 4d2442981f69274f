"""A callback or errback, called in its stead: what it was given, and what came of it, is written down."""

import sys
import threading
from collections.abc import Callable
from time import monotonic
from types import FrameType, FunctionType, TracebackType
from typing import Any

from twisted.internet import defer
from twisted.internet.defer import Deferred, passthru
from twisted.python.failure import Failure

from service.xray.record import Record, StepRecord, record_of
from service.xray.reprs import OPTIONS, show, show_if_wanted, side_of

#: Twisted's own, whatever is installed.
_add_both: Any = Deferred.addBoth


class Running(threading.local):
    """The steps that run in this thread, the innermost last; None where a coroutine runs, which is no step of any."""

    def __init__(self) -> None:
        self.steps: list[StepRecord | None] = []


RUNNING = Running()


class Watched:
    """One callback or errback, called in its stead."""

    def __init__(self, function: Callable[..., Any], step: StepRecord, record: Record) -> None:
        self.function = function
        self.step = step
        self.record = record
        #: Twisted's own may go on with a coroutine, and what that makes is none of this step's business.
        self.made_by = None if is_of_twisted(function) else step

    def __call__(self, result: Any, /, *args: Any, **kwargs: Any) -> Any:
        """Call it, and write down what came of it."""
        step = self.step
        begin(step, self.record, result)
        RUNNING.steps.append(self.made_by)
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
            returned.give_away()
            self.step.returned = returned
        self.record.shown = self.record.left = None  # until it is known what comes of that
        _add_both(nested, end, self.step, self.record)


class Passed:
    """A side on which there is nothing: the result stays as it is."""

    __slots__ = ("record", "step")

    def __init__(self, step: StepRecord, record: Record) -> None:
        self.step = step
        self.record = record

    def __call__(self, result: Any, /) -> Any:
        """Write down that it has passed."""
        step = self.step
        begin(step, self.record, result)
        step.ended, step.gave = step.started, step.took
        step.left = self.record.left = step.came
        return result

    def __reduce__(self) -> Any:
        """Be copied, or pickled, as what passes a result on."""
        return as_it_is, (passthru,)


def is_of_twisted(function: Any) -> bool:
    """Say whether a function is one that Twisted itself has put onto a Deferred."""
    return isinstance(function, FunctionType) and function.__code__.co_filename == defer.__file__


def as_it_is(function: Any) -> Any:
    """Take a function for itself."""
    return function


def begin(step: StepRecord, record: Record, result: Any) -> None:
    """Write down what a step begins with: what the one before it has ended with, if that was seen."""
    try:
        record.fired = True
        if OPTIONS.values:
            if record.shown is None:
                record.shown = show(result)
            step.took = record.shown
        step.came = side_of(result)
        step.started = monotonic()
    except RecursionError:
        pass  # whatever can be done is to be done, seen or unseen


def end(gave: Any, step: StepRecord, record: Record) -> Any:
    """Write down what a step has ended with, and pass it on."""
    record.shown = None
    try:
        shown = step.returned.shown if step.returned is not None else None
        record.shown = show_if_wanted(gave) if shown is None else shown  # it is the same, and to show it takes time
        end_as_shown(gave, step, record)
    except RecursionError:
        pass  # as above
    return gave


def end_as_shown(gave: Any, step: StepRecord, record: Record) -> None:
    """Write down that a step has ended with what is shown already."""
    step.ended = monotonic()
    step.left = record.left = side_of(gave)
    if OPTIONS.values:
        step.gave = record.shown
    if step.returned is not None:
        step.returned.end(step.left, step.gave)


def failure_without_us(error: BaseException, caller: FrameType, *, captureVars: bool) -> Failure:
    """Make the failure that ``Deferred`` would have made, without our frame in its traceback."""
    inner = error.__traceback__.tb_next if error.__traceback__ else None
    error.__traceback__ = TracebackType(inner, caller, caller.f_lasti, caller.f_lineno)
    return Failure(error, type(error), error.__traceback__, captureVars)
