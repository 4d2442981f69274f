"""Warnings about live Deferreds: unhandled failures, forgotten Deferreds, and long waits."""

import gc
import time
from functools import partial
from types import (
    BuiltinMethodType,
    CellType,
    CoroutineType,
    FrameType,
    FunctionType,
    GeneratorType,
    MethodType,
)
from typing import Any, Literal

from attrs import frozen

from .grid import Grid
from .live import all_records
from .record import Record

#: An unhandled failure; made by a step and neither returned nor given an errback; the same, but an attribute or a
#: container still holds it, so that it may be kept on purpose; waiting for a long time.
Why = Literal["unhandled", "forgotten", "kept", "old"]
#: Objects that hold others for the time of a call.
_CALLS = (FrameType, FunctionType, MethodType, BuiltinMethodType, CellType, GeneratorType, CoroutineType, partial)
#: Modules whose objects hold Deferreds until they fire.
_MACHINERY = ("twisted.internet.defer", "twisted.internet.base")


@frozen
class Warned:
    """A Deferred that looks wrong, with the reason; its grid has no steps."""

    why: Why
    grid: Grid


def warnings(older_than: float = 60.0) -> list[Warned]:
    """List Deferreds that look wrong, oldest first; one is ``old`` if it has not fired for ``older_than`` seconds.

    An unhandled failure is listed as long as its Deferred lives; after that, Twisted logs it.
    """
    now = time.monotonic()
    warned = ((record, why_warned(record, now - older_than)) for record in all_records())
    found = sorted(((record, why) for record, why in warned if why), key=lambda pair: pair[0].born)
    return [Warned(why, record.bare(now)) for record, why in found]


def why_warned(record: Record, old: float) -> Why | None:
    """Return the most serious warning about a Deferred, or None; it is old if made before the time ``old``."""
    if record.is_unhandled:
        return "unhandled"
    if record.maker and record.is_forgotten:
        return "kept" if is_held(record) else "forgotten"
    return "old" if record.state == "waiting" and record.born <= old else None


def is_held(record: Record) -> bool:
    """Return whether an attribute or a container holds a Deferred, other than those of Twisted itself."""
    return any(map(is_holder, gc.get_referrers(record())))


def is_holder(holder: Any) -> bool:
    """Return whether an object holds others on purpose: not for a call, a timer or a chain."""
    if isinstance(holder, _CALLS) or type(holder).__module__ in _MACHINERY:
        return False
    if type(holder) is dict:  # the attributes of an object
        owners = (one for one in gc.get_referrers(holder) if getattr(one, "__dict__", None) is holder)
        return not any(type(owner).__module__ in _MACHINERY for owner in owners)
    return type(holder) is not tuple or not any(map(is_chain, gc.get_referrers(holder)))


def is_chain(holder: Any) -> bool:
    """Return whether a tuple in this object is an entry in the callbacks of a Deferred."""
    return type(holder) is tuple and any(type(part) is not tuple for part in holder) and callable(holder[0])
