"""Wrappers that record what a callback or errback takes and returns."""

import sys
import threading
from collections.abc import Callable
from time import monotonic
from types import FrameType, FunctionType, TracebackType
from typing import Any

from twisted.internet import defer
from twisted.internet.defer import Deferred, passthru
from twisted.python.failure import Failure

from .record import Record, StepRecord, record_of
from .reprs import OPTIONS, show, show_if_wanted, side_of

#: The original method, which X-ray replaces.
_add_callbacks: Any = Deferred.addCallbacks


class Running(threading.local):
    """The stack of running steps in this thread, innermost last; None is a coroutine or a callback of Twisted's own."""

    def __init__(self) -> None:
        self.steps: list[StepRecord | None] = []


RUNNING = Running()
#: The name of a file that ``warnings.warn`` takes for a part of Python's import system.
UNCOUNTED = "<X-ray, in place of importlib._bootstrap>"


def uncounted(function: Any) -> Any:
    """Return a function whose frames ``warnings.warn`` does not count for its ``stacklevel``.

    It leaves out those of Python's own import system, which it knows by the name of their file.
    """
    code = function.__code__.replace(co_filename=UNCOUNTED)
    return FunctionType(code, function.__globals__, function.__name__, function.__defaults__, function.__closure__)


class Watched:
    """A wrapper that calls one callback or errback and records the call."""

    def __init__(self, function: Callable[..., Any], step: StepRecord, record: Record) -> None:
        self.function = function
        self.step = step
        self.record = record
        #: Twisted's own callbacks may resume a coroutine, and the Deferreds it makes do not belong to this step.
        self.made_by = None if is_of_twisted(function) else step

    def call(self, result: Any, /, *args: Any, **kwargs: Any) -> Any:
        """Call the function and record the outcome."""
        step = self.step
        begin(step, self.record, result)
        RUNNING.steps.append(self.made_by)
        gave = None
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
            # Break the reference cycle: failure -> traceback -> this frame -> failure.
            del gave, result, args, kwargs

    #: The same, in a frame that ``warnings.warn`` does not count.
    __call__ = uncounted(call)

    def __reduce__(self) -> Any:
        """Copy and pickle as the wrapped function."""
        return as_it_is, (self.function,)

    def _follow(self, nested: Deferred[Any]) -> None:
        if nested is self.record.deferred():
            # Twisted warns that a callback returned its own Deferred, and locates the callback by these attributes.
            for name in ("__module__", "__code__", "__globals__"):
                setattr(self, name, getattr(self.function, name))
            return
        returned = record_of(nested)
        if returned is not None:
            returned.give_away()
            self.step.returned = returned
        self.record.shown = self.record.left = None  # unknown until the nested Deferred fires
        add_unseen(nested, end, self.step, self.record)


class Passed:
    """The missing side of a pair, on which the result passes through unchanged."""

    __slots__ = ("record", "step")

    def __init__(self, step: StepRecord, record: Record) -> None:
        self.step = step
        self.record = record

    def __call__(self, result: Any, /) -> Any:
        """Record the pass-through and return the result."""
        step = self.step
        begin(step, self.record, result)
        step.ended, step.gave = step.started, step.took
        step.left = self.record.left = step.came
        return result

    def __reduce__(self) -> Any:
        """Copy and pickle as ``passthru``."""
        return as_it_is, (passthru,)


def add_unseen(deferred: Any, function: Callable[..., Any], *args: Any) -> None:
    """Add a callback to both sides of a Deferred, without a step for it in its record."""
    _add_callbacks(deferred, function, function, args, {}, args, {})


def is_of_twisted(function: Any) -> bool:
    """Return whether a function is defined in ``twisted.internet.defer``."""
    # In PyPy, methods of builtin types are functions, too, whose code has no file.
    return isinstance(function, FunctionType) and getattr(function.__code__, "co_filename", None) == defer.__file__


def as_it_is(function: Any) -> Any:
    """Return the function itself, for ``__reduce__``."""
    return function


def begin(step: StepRecord, record: Record, result: Any) -> None:
    """Record the start of a step, reusing the text of the previous step's result if there is one."""
    try:
        record.fired = True
        if OPTIONS.values:
            if record.shown is None:
                record.shown = show(result)
            step.took = record.shown
        step.came = side_of(result)
        step.started = monotonic()
    except RecursionError:
        pass  # too deep to record; the callback still has to run


def end(gave: Any, step: StepRecord, record: Record) -> Any:
    """Record the result of a step and return it."""
    record.shown = None
    try:
        shown = step.returned.shown if step.returned is not None else None
        record.shown = show_if_wanted(gave) if shown is None else shown  # the same value, and repr is slow
        end_as_shown(gave, step, record)
    except RecursionError:
        pass  # as above
    return gave


def end_as_shown(gave: Any, step: StepRecord, record: Record) -> None:
    """Record the end of a step whose result is already in ``record.shown``."""
    step.ended = monotonic()
    step.left = record.left = side_of(gave)
    if OPTIONS.values:
        step.gave = record.shown
    if step.returned is not None:
        step.returned.end(step.left, step.gave)
        record.absorb(step.returned)


def failure_without_us(error: BaseException, caller: FrameType, *, captureVars: bool) -> Failure:
    """Create the failure that ``Deferred`` would have, without the wrapper's frame in its traceback."""
    inner = error.__traceback__.tb_next if error.__traceback__ else None
    traceback = TracebackType(inner, caller, caller.f_lasti, caller.f_lineno)
    BaseException.with_traceback(error, traceback)  # an exception may forbid to set its attributes
    return Failure(error, type(error), traceback, captureVars)
