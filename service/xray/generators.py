"""What waits for a Deferred inside Twisted: ``inlineCallbacks`` functions, coroutines, and ``race``.

Twisted itself adds a callback of its own to whatever they wait for, with the public ``addBoth`` or ``addCallbacks``. It
is recognised by its name, and what it waits for by its arguments or, in older versions, by what its closure holds.
"""

from typing import Any
from weakref import ref

from twisted.internet import defer
from twisted.internet.defer import Deferred

from .coroutines import history_of, note_end
from .history import History
from .record import RECORDS, Record
from .running import RUNNING

#: What continues a generator or coroutine: since Twisted 23.10 a function, and before a closure of this name.
_continue = getattr(defer, "_gotResultInlineCallbacks", None)
_CLOSURE = "gotResult"
_RACE = "race.<locals>.succeeded"


def awaiting(callback: Any, arguments: tuple[Any, ...]) -> tuple[Any, Record | None] | None:
    """Return the generator or coroutine that a callback continues, and the record of its result.

    :return: None if the callback is something else.
    """
    if callback is _continue:
        _, generator, status, *_ = arguments
        return generator, RECORDS.get(id(status.deferred))
    if getattr(callback, "__name__", None) != _CLOSURE or callback.__module__ != defer.__name__:
        return None
    cells = (cell.cell_contents for cell in callback.__closure__)
    held = dict(zip(callback.__code__.co_freevars, cells, strict=True))
    return (held["gen"], RECORDS.get(id(held["status"].deferred))) if "status" in held else None


def note_wait(record: Record, generator: Any, outer: Record | None) -> History | None:
    """Note that a generator or coroutine, whose result is ``outer``, waits for a Deferred; return its history."""
    record.is_wanted = record.is_taken = True
    history = None
    if outer is not None:
        if outer.generator is None:
            outer.generator = reference_to(generator)
        history = outer.history
    if history is None:
        history = history_of(generator)  # as long as a coroutine has not waited before
        if history is None and outer is not None:
            history = outer.history = History()
    if history is not None:
        history.awaited.append(record)
    return history


def reference_to(generator: Any) -> "ref[Any] | None":
    """Return a weak reference, or None to what supports none, such as the next step of an asynchronous generator."""
    try:
        return ref(generator)
    except TypeError:
        return None


def resume(result: Any, record: Record, history: History | None, callback: Any, *args: Any) -> Any:
    """Continue a generator or coroutine with the result of what it has waited for."""
    note_end(result, record, history)
    steps = RUNNING.steps
    steps.append(None)  # what it makes does not belong to the step that runs
    try:
        return callback(result, *args)
    finally:
        steps.pop()


def note_race(record: Record, callback: Any) -> None:
    """Note that a Deferred takes part in a ``race``, if the callback is that of one."""
    if getattr(callback, "__qualname__", None) != _RACE or callback.__module__ != defer.__name__:
        return
    for cell in callback.__closure__:
        if isinstance(cell.cell_contents, Deferred):
            outer = RECORDS.get(id(cell.cell_contents))
            if outer is not None:
                record.is_wanted = record.is_taken = True
                outer.members = [*outer.members, record]
