"""Tracking of what a coroutine awaits, by its frame: the coroutine starts before its own Deferred exists."""

import sys
from collections import deque
from collections.abc import Coroutine, Generator
from contextlib import suppress
from types import FrameType
from typing import Any
from weakref import ref

from twisted.internet import defer
from twisted.internet.defer import Deferred

from service.xray.calls import RUNNING
from service.xray.record import MAX_STEPS, Record, record_of
from service.xray.reprs import show_if_wanted, side_of

#: The original methods, which X-ray replaces.
_from_coroutine: Any = vars(Deferred)["fromCoroutine"].__func__
_await: Any = vars(Deferred)["__await__"]
_add_both: Any = Deferred.addBoth

#: For each coroutine that was made into a Deferred: the id of its frame -> the coroutine, and what it has awaited.
AWAITED: "dict[int, tuple[ref[Any], deque[Record]]]" = {}


def from_coroutine(cls: Any, coro: Coroutine[Any, Any, Any] | Generator[Any, Any, Any]) -> Deferred[Any]:
    """See ``Deferred.fromCoroutine``."""
    frame = frame_of(coro)
    awaited: deque[Record] = deque(maxlen=MAX_STEPS)
    if frame is not None:  # it is a coroutine that has not finished
        key = id(frame)
        with suppress(TypeError):  # not tracked if it does not support weak references
            AWAITED[key] = ref(coro, lambda gone: forget(key, gone)), awaited
    RUNNING.steps.append(None)
    try:
        made: Deferred[Any] = _from_coroutine(cls, coro)
    finally:
        RUNNING.steps.pop()
    record = record_of(made)
    if record is not None:
        record.awaited = awaited
    return made


def await_(self: Deferred[Any]) -> Generator[Any, Any, Any]:
    """See ``Deferred.__await__``."""
    record = record_of(self)
    if record is not None:
        record.give_away()
        _add_both(self, note_end, record)
        awaited = awaited_by(sys._getframe(1)) if AWAITED else None  # noqa: SLF001  documented
        if awaited is not None:
            awaited.append(record)
    return _await(self)


def note_end(result: Any, record: Record) -> Any:
    """Record the result of an awaited Deferred before the coroutine takes it, and return it."""
    with suppress(RecursionError):  # too deep to record; the coroutine still has to go on
        record.end(side_of(result), show_if_wanted(result))
    return result


def awaited_by(frame: FrameType | None) -> deque[Record] | None:
    """Return the awaits of the nearest tracked coroutine around a frame, or None."""
    while frame is not None and frame.f_code.co_filename != defer.__file__:
        reference, awaited = AWAITED.get(id(frame), (None, None))
        if reference is not None and frame_of(reference()) is frame:
            return awaited
        frame = frame.f_back
    return None


def frame_of(coro: Any) -> FrameType | None:
    """Return the frame of a coroutine or generator; None if it has finished or is neither."""
    return getattr(coro, "cr_frame", None) or getattr(coro, "gi_frame", None)


def forget(key: int, gone: "ref[Any]") -> None:
    """Forget a collected coroutine, unless the id of its frame has been reused."""
    if key in AWAITED and AWAITED[key][0] is gone:
        del AWAITED[key]
