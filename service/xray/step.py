"""One callback/errback pair: what Twisted calls in its place, and the record of that call."""

import sys
from collections.abc import Callable
from time import monotonic
from types import FrameType, FunctionType, TracebackType
from typing import Any

from twisted.internet import defer
from twisted.internet.defer import Deferred
from twisted.python.failure import Failure

from .grid import Grid, Step as FrozenStep
from .record import RECORDS, SIDES, Record, Snapshot
from .reprs import OPTIONS, keep, text_of
from .running import RUNNING

#: The original method, which X-ray replaces.
_add_callbacks: Any = Deferred.addCallbacks
#: The name of a file that ``warnings.warn`` takes for a part of Python's import system.
UNCOUNTED = "<X-ray, in place of importlib._bootstrap>"


def uncounted(function: Any) -> Any:
    """Return a function whose frames ``warnings.warn`` does not count for its ``stacklevel``.

    It leaves out those of Python's own import system, which it knows by the name of their file.
    """
    code = function.__code__.replace(co_filename=UNCOUNTED)
    return FunctionType(code, function.__globals__, function.__name__, function.__defaults__, function.__closure__)


class Step:
    """A pair of ``callback`` and ``errback``, by name; None for a pass-through. Twisted calls it on both sides.

    The function comes as its first argument after the result: a record keeps nothing alive that Twisted would release.
    ``came`` and ``left`` are true for the errback side, and None while they are unknown. ``function`` is what runs.
    """

    __slots__ = (
        *("callback", "errback", "record", "function"),
        *("came", "left", "took", "gave", "started", "ended", "returned"),
        "__dict__",  # for what Twisted's warning about a callback asks for: see _follow
    )

    def __init__(self, record: Record, callback: str | None, errback: str | None) -> None:
        self.record: Any = record  # None once the Deferred is gone
        self.callback = callback
        self.errback = errback
        self.came: bool | None = None
        self.left: bool | None = None
        self.started: float | None = None
        self.ended: float | None = None
        self.returned: Record | None = None
        self.took: Any = None
        self.gave: Any = None
        self.function: Any = None

    def call(self, result: Any, function: Any, /, *args: Any, **kwargs: Any) -> Any:
        """Call the function of the side that the result is on, None for a pass-through, and record the outcome."""
        record = self.record
        gave = None
        try:
            try:
                record.fired = True
                if OPTIONS.values:
                    if record.shown is None:
                        record.shown = keep(result)
                    self.took = record.shown
                self.came = record.left = isinstance(result, Failure)
                self.started = monotonic()
            except RecursionError:
                pass  # too deep to record; the callback still has to run
            if function is None:
                self.left, self.gave, self.ended = self.came, self.took, self.started
                return result
            self.function = function
            steps = RUNNING.steps
            steps.append(self)
            try:
                gave = function(result, *args, **kwargs)
            except BaseException as error:  # noqa: BLE001  what Deferred itself catches
                gave = failure_without_us(error, sys._getframe(1), captureVars=Deferred.debug)  # noqa: SLF001  documented
            finally:
                steps.pop()
                self.function = None
            if gave is result:
                self.left, self.gave, self.ended = self.came, self.took, monotonic()
            elif isinstance(gave, Deferred):
                self._follow(gave, function)
            else:
                self.end(gave)
            return gave
        finally:
            # Break the reference cycle: failure -> traceback -> this frame -> failure.
            del gave, result, args, kwargs

    #: The same, in a frame that ``warnings.warn`` does not count.
    __call__ = uncounted(call)

    def end(self, gave: Any) -> Any:
        """Record the result of the step, and return it."""
        record = self.record
        record.shown = None
        try:
            failed = self.left = record.left = isinstance(gave, Failure)
            returned = self.returned
            if OPTIONS.values:
                shown = None if returned is None else returned.shown  # the same value, and repr is slow
                record.shown = self.gave = keep(gave) if shown is None else shown
            self.ended = monotonic()
            if returned is not None:
                returned.end(failed, self.gave)
                record.absorb(returned)
        except RecursionError:
            pass  # too deep to record; the callback still has run
        return gave

    def __reduce__(self) -> Any:
        """Copy and pickle as what calls the function without a record."""
        return call_directly, ()

    @property
    def is_of_twisted(self) -> bool:
        """Whether what runs is Twisted's own: it may resume a coroutine, whose Deferreds do not belong to this step."""
        function = self.function
        # In PyPy, methods of builtin types are functions, too, whose code has no file.
        return isinstance(function, FunctionType) and getattr(function.__code__, "co_filename", "") == defer.__file__

    def frozen(self, since: float, snapshot: Snapshot, depth: int) -> FrozenStep:
        """Return a snapshot of the step."""
        returned: Grid | None = self.returned.frozen(snapshot, depth) if self.returned and depth > 0 else None
        return FrozenStep(
            callback=self.callback,
            errback=self.errback,
            came=SIDES[self.came],
            left=SIDES[self.left],
            took=text_of(self.took),
            gave=text_of(self.gave),
            started=None if self.started is None else self.started - since,
            seconds=None if self.started is None or self.ended is None else self.ended - self.started,
            returned=returned,
        )

    def _follow(self, nested: Deferred[Any], function: Any) -> None:
        if nested is self.record():
            # Twisted warns that a callback returned its own Deferred, and locates the callback by these attributes.
            for name in ("__module__", "__code__", "__globals__"):
                setattr(self, name, getattr(function, name))
            return
        returned = RECORDS.get(id(nested))
        if returned is not None:
            returned.is_wanted = returned.is_taken = True
            self.returned = returned
        self.record.shown = self.record.left = None  # unknown until the nested Deferred fires
        add_unseen(nested, self.end)


def call_directly() -> Callable[..., Any]:
    """Return what calls the function of a copied step; none is needed for a pass-through."""
    return directly


def directly(result: Any, function: Any, /, *args: Any, **kwargs: Any) -> Any:
    """Call a function, and record nothing."""
    return result if function is None else function(result, *args, **kwargs)


def add_unseen(deferred: Any, function: Callable[..., Any], *args: Any) -> None:
    """Add a callback to both sides of a Deferred, without a step for it in its record."""
    _add_callbacks(deferred, function, function, args, {}, args, {})


def failure_without_us(error: BaseException, caller: FrameType, *, captureVars: bool) -> Failure:
    """Create the failure that ``Deferred`` would have, without the wrapper's frame in its traceback."""
    inner = error.__traceback__.tb_next if error.__traceback__ else None
    traceback = TracebackType(inner, caller, caller.f_lasti, caller.f_lineno)
    BaseException.with_traceback(error, traceback)  # an exception may forbid to set its attributes
    return Failure(error, type(error), traceback, captureVars)
