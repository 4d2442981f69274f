"""Replacements for the methods of ``Deferred`` while X-ray is installed."""

import sys
from functools import update_wrapper
from pathlib import Path
from types import GenericAlias
from typing import Any

from twisted.internet import defer, task, threads
from twisted.internet.defer import Deferred, DeferredList

from . import coroutines, generators
from .record import MAX_STEPS, RECORDS, Record, forget
from .reprs import name_of
from .running import RUNNING
from .step import UNCOUNTED, Step

#: The original methods, which X-ray replaces.
_init = Deferred.__init__
_init_list: Any = DeferredList.__init__
_add_callbacks: Any = Deferred.addCallbacks
_add_callback: Any = Deferred.addCallback
_add_errback: Any = Deferred.addErrback
_add_both: Any = Deferred.addBoth
_cancel = Deferred.cancel
_NOTHING: Any = {}
#: Files to skip when looking for the code that made a Deferred: this package, and helpers of Twisted.
_OURS = {defer.__file__, task.__file__, threads.__file__, UNCOUNTED, *map(str, Path(__file__).parent.glob("*.py"))}
# ``Deferred[int]()`` is called in C by CPython, and in Python by PyPy.
_OURS.add(getattr(getattr(GenericAlias.__call__, "__code__", None), "co_filename", __file__))


def init(self: Deferred[Any], canceller: Any = None) -> None:
    """See ``Deferred.__init__``."""
    _init(self, canceller)
    if self.debug:
        leave_us_out(self)
    frame = sys._getframe(1)  # noqa: SLF001  documented
    while frame.f_code.co_filename in _OURS and frame.f_back is not None:
        frame = frame.f_back
    record = RECORDS[id(self)] = Record(self, forget)
    record.code, record.instruction = frame.f_code, frame.f_lasti
    steps = RUNNING.steps
    if steps:
        step = steps[-1]
        if step is not None and not step.is_of_twisted:
            record.maker = step.record.number


def init_list(self: Any, deferredList: Any, *args: Any, **kwargs: Any) -> None:
    """See ``DeferredList.__init__``."""
    members = list(deferredList)
    _init_list(self, members, *args, **kwargs)
    record = RECORDS[id(self)]  # which ``Deferred.__init__`` has made
    record.members = [watched for member in members if (watched := RECORDS.get(id(member))) is not None]
    for watched in record.members:
        watched.is_wanted = True


def add_step(record: Record, callback: Any, errback: Any) -> Step:
    """Add a step to a record; beyond ``MAX_STEPS`` it is only counted."""
    name = callback and name_of(callback)
    step = Step(record, name, name if errback is callback else errback and name_of(errback))
    if not record.steps:
        record.steps = [step]
    elif len(record.steps) < MAX_STEPS:
        record.steps.append(step)
    else:
        record.unseen += 1
    return step


def add_callbacks(  # noqa: PLR0913, PLR0917  as Deferred has it
    self: Deferred[Any],
    callback: Any,
    errback: Any = None,
    callbackArgs: Any = (),
    callbackKeywords: Any = _NOTHING,
    errbackArgs: Any = (),
    errbackKeywords: Any = _NOTHING,
) -> Any:
    """See ``Deferred.addCallbacks``."""
    record = RECORDS.get(id(self))
    if record is not None:
        generators.note_race(record, callback)
        step = add_step(record, callback, errback)
        first, second = (callback, *(callbackArgs or ())), (errback, *(errbackArgs or ()))
        return _add_callbacks(self, step, step, first, callbackKeywords, second, errbackKeywords)
    return _add_callbacks(self, callback, errback, callbackArgs, callbackKeywords, errbackArgs, errbackKeywords)


def add_callback(self: Deferred[Any], callback: Any, *args: Any, **kwargs: Any) -> Any:
    """See ``Deferred.addCallback``."""
    record = RECORDS.get(id(self))
    if record is None:
        return _add_callback(self, callback, *args, **kwargs)
    step = add_step(record, callback, None)
    return _add_callbacks(self, step, step, (callback, *args), kwargs, (None,), _NOTHING)


def add_errback(self: Deferred[Any], errback: Any, *args: Any, **kwargs: Any) -> Any:
    """See ``Deferred.addErrback``."""
    record = RECORDS.get(id(self))
    if record is None:
        return _add_errback(self, errback, *args, **kwargs)
    step = add_step(record, None, errback)
    return _add_callbacks(self, step, step, (None,), _NOTHING, (errback, *args), kwargs)


def add_both(self: Deferred[Any], callback: Any, *args: Any, **kwargs: Any) -> Any:
    """See ``Deferred.addBoth``."""
    record = RECORDS.get(id(self))
    if record is None:
        return _add_both(self, callback, *args, **kwargs)
    generator = generators.awaiting(callback, args)
    if generator is not None:
        history = generators.note_wait(record, *generator)
        step, args = generators.resume, (record, history, callback, *args)
    else:
        step, args = add_step(record, callback, callback), (callback, *args)
    return _add_callbacks(self, step, step, args, kwargs, args, kwargs)


def cancel(self: Deferred[Any]) -> None:
    """See ``Deferred.cancel``."""
    record = RECORDS.get(id(self))
    if record is not None and not self.called:
        record.cancelled = True
    _cancel(self)


def leave_us_out(deferred: Any) -> None:
    """Let the stack of a Deferred's creation, which ``defer.setDebugging`` asks for, end where it was created."""
    del deferred._debugInfo.creator[-1]  # noqa: SLF001  it has no other way


#: Class -> method name -> its replacement while X-ray is installed.
METHODS: dict[Any, dict[str, Any]] = {
    Deferred: {
        "__init__": init,
        "addCallbacks": add_callbacks,
        "addCallback": add_callback,
        "addErrback": add_errback,
        "addBoth": add_both,
        "cancel": cancel,
        "fromCoroutine": classmethod(coroutines.from_coroutine),
        "__await__": coroutines.await_,
        "__iter__": coroutines.await_,
    },
    DeferredList: {"__init__": init_list},
}

for _watched, _methods in METHODS.items():
    for _name, _method in _methods.items():
        _original = vars(_watched)[_name]
        update_wrapper(getattr(_method, "__func__", _method), getattr(_original, "__func__", _original))
