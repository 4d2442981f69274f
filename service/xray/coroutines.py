"""Tracking of what a coroutine awaits, by its frame: the coroutine starts before its own Deferred exists."""

import sys
from collections.abc import Coroutine, Generator
from contextlib import suppress
from types import FrameType
from typing import Any
from weakref import ref

from twisted.internet import defer
from twisted.internet.defer import Deferred
from twisted.python.failure import Failure

from .history import History
from .record import RECORDS, Record
from .reprs import keep_if_wanted
from .running import RUNNING

#: The original methods, which X-ray replaces.
_from_coroutine: Any = vars(Deferred)["fromCoroutine"].__func__
_iter: Any = vars(Deferred)["__iter__"]  # which ``__await__`` is, or calls

#: For each coroutine that was made into a Deferred: the id of its frame -> the coroutine, and what it has awaited.
AWAITED: dict[int, tuple["ref[Any]", History]] = {}


def from_coroutine(cls: Any, coro: Coroutine[Any, Any, Any] | Generator[Any, Any, Any]) -> Deferred[Any]:
    """See ``Deferred.fromCoroutine``."""
    frame = frame_of(coro)
    history = History()
    if frame is not None:  # it is a coroutine that has not finished
        key = id(frame)
        with suppress(TypeError):  # not tracked if it does not support weak references
            AWAITED[key] = ref(coro, lambda gone: forget(key, gone)), history
    RUNNING.steps.append(None)
    try:
        made: Deferred[Any] = _from_coroutine(cls, coro)
    finally:
        RUNNING.steps.pop()
    record = RECORDS.get(id(made))
    if record is not None:
        record.history = record.history or history
        with suppress(TypeError):
            record.generator = ref(coro)
    return made


def await_(self: Deferred[Any]) -> Generator[Any, Any, Any]:
    """See ``Deferred.__await__``. One that has not fired is noted when Twisted waits for it: see ``generators``."""
    record = RECORDS.get(id(self))
    if record is not None:
        record.is_wanted = record.is_taken = True
        if self.called and not self.paused:
            history = awaited_by(sys._getframe(1)) if AWAITED else None  # noqa: SLF001  documented
            if history is not None:
                history.awaited.append(record)
            note_end(self.result, record, history)
    return _iter(self)


def note_end(result: Any, record: Record, history: History | None) -> None:
    """Record the result of an awaited Deferred before the generator or coroutine, whose ``history`` it is, takes it."""
    try:
        record.end(isinstance(result, Failure), keep_if_wanted(result))
        if history is not None:
            history.absorb(record)
    except RecursionError:
        pass  # too deep to record; the coroutine still has to go on


def history_of(generator: Any) -> History | None:
    """Return the history of a coroutine that was made into a Deferred, None for another one and for a generator."""
    reference, history = AWAITED.get(id(getattr(generator, "cr_frame", None)), (None, None))
    return history if reference is not None and reference() is generator else None


def awaited_by(frame: FrameType | None) -> History | None:
    """Return the history of the nearest tracked coroutine around a frame, or None."""
    while frame is not None and frame.f_code.co_filename != defer.__file__:
        reference, history = AWAITED.get(id(frame), (None, None))
        if reference is not None and frame_of(reference()) is frame:
            return history
        frame = frame.f_back
    return None


def frame_of(coro: Any) -> FrameType | None:
    """Return the frame of a coroutine or generator; None if it has finished or is neither."""
    return getattr(coro, "cr_frame", None) or getattr(coro, "gi_frame", None)


def forget(key: int, gone: "ref[Any]") -> None:
    """Forget a collected coroutine, unless the id of its frame has been reused."""
    if key in AWAITED and AWAITED[key][0] is gone:
        del AWAITED[key]
