"""What waits for a Deferred inside Twisted: ``inlineCallbacks`` functions, coroutines, and ``race``.

Twisted itself adds a callback of its own to whatever they wait for, with the public ``addBoth`` or ``addCallbacks``. It
is recognised by its name, and what it waits for by its arguments or, in older versions, by what its closure holds.
"""

from inspect import iscoroutine, isgenerator
from typing import Any
from weakref import ref

from twisted.internet import defer
from twisted.internet.defer import Deferred

from .coroutines import note_end
from .record import RECORDS, Record
from .running import RUNNING
from .step import add_unseen

#: What continues a generator or coroutine: since Twisted 23.10 a function, and before a closure.
_CONTINUES = ("_gotResultInlineCallbacks", "gotResult")
_RACE = "race.<locals>.succeeded"


def awaiting(callback: Any, arguments: tuple[Any, ...]) -> tuple[Any, Record | None] | None:
    """Return the generator or coroutine that a callback continues, and the record of its result.

    :return: None if the callback is something else.
    """
    if getattr(callback, "__name__", None) not in _CONTINUES or callback.__module__ != defer.__name__:
        return None
    held = [*arguments, *(cell.cell_contents for cell in callback.__closure__ or ())]
    generator = next((one for one in held if isgenerator(one) or iscoroutine(one)), None)
    outer = next((one.deferred for one in held if type(one).__name__ == "_CancellationStatus"), None)
    return None if generator is None else (generator, None if outer is None else RECORDS.get(id(outer)))


def note_wait(record: Record, generator: Any, outer: Record | None) -> None:
    """Note that a generator or coroutine, whose result is ``outer``, waits for a Deferred."""
    if outer is not None and outer.generator is None:
        outer.generator = ref(generator)
    if isgenerator(generator):  # of a coroutine, ``__await__`` has noted it
        record.is_wanted = record.is_taken = True
        history = None
        if outer is not None:
            outer.note_awaited(record)
            history = outer.history
        add_unseen(record(), note_end, record, history)


def resume(result: Any, callback: Any, *args: Any) -> Any:
    """Continue a generator or coroutine: what that makes does not belong to the step that runs."""
    steps = RUNNING.steps
    steps.append(None)
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
                outer.members.append(record)
