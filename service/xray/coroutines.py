"""What a coroutine awaits: by the frame that it runs in, since its Deferred is not there before it has begun."""

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

#: Twisted's own, whatever is installed.
_from_coroutine: Any = vars(Deferred)["fromCoroutine"].__func__
_await: Any = vars(Deferred)["__await__"]
_add_both: Any = Deferred.addBoth

#: The frame of each coroutine of which a Deferred was made, by its identity -> the coroutine, and what it has awaited.
AWAITED: "dict[int, tuple[ref[Any], deque[Record]]]" = {}


def from_coroutine(cls: Any, coro: Coroutine[Any, Any, Any] | Generator[Any, Any, Any]) -> Deferred[Any]:
    """See ``Deferred.fromCoroutine``."""
    frame = frame_of(coro)
    awaited: deque[Record] = deque(maxlen=MAX_STEPS)
    if frame is not None:  # it is a coroutine, and not at its end
        key = id(frame)
        with suppress(TypeError):  # what cannot be referred to weakly is not followed
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
    made: Generator[Any, Any, Any] = _await(self)
    return made


def note_end(result: Any, record: Record) -> Any:
    """Write down what an awaited Deferred has ended with, and pass it on: the coroutine takes it out of it."""
    with suppress(RecursionError):  # whatever can be done is to be done, seen or unseen
        record.end(side_of(result), show_if_wanted(result))
    return result


def awaited_by(frame: FrameType | None) -> deque[Record] | None:
    """Find where to write down what is awaited in a frame: by the outermost coroutine, if that one awaits others."""
    while frame is not None and frame.f_code.co_filename != defer.__file__:
        reference, awaited = AWAITED.get(id(frame), (None, None))
        if reference is not None and frame_of(reference()) is frame:
            return awaited
        frame = frame.f_back
    return None


def frame_of(coro: Any) -> FrameType | None:
    """Take the frame of a coroutine, or of a generator; None of what is at its end, or is neither."""
    frame: FrameType | None = getattr(coro, "cr_frame", None) or getattr(coro, "gi_frame", None)
    return frame


def forget(key: int, gone: "ref[Any]") -> None:
    """Forget a coroutine that is gone, unless another one runs in its place already."""
    if key in AWAITED and AWAITED[key][0] is gone:
        del AWAITED[key]
