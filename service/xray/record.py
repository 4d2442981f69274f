"""What is written down while a Deferred lives: it never keeps alive what the Deferred itself would let go of."""

import functools
import reprlib
import time
from collections.abc import Iterator
from types import CodeType
from typing import Any
from weakref import ref

from attrs import define, field
from twisted.internet.defer import Deferred
from twisted.python.failure import Failure

from service.xray.grid import Grid, Origin, Side, State, Step, waited_for

#: Characters of a value that are shown, how deep grids nest, and how many there are in one.
MAX_SHOWN = 80
MAX_DEPTH = 8
MAX_GRIDS = 1000
#: Members of a value that is shown by its type alone if it has more: to sort them, as a repr does, takes its time.
MAX_MEMBERS = 1000
#: Steps of a Deferred, and Deferreds made by a step, that are written down; the others are not seen.
MAX_STEPS = 200
_PLAIN = (type(None), bool, float)
_short = reprlib.Repr()
_short.maxstring = _short.maxother = _short.maxlong = MAX_SHOWN


def show(value: Any) -> str:
    """Describe a value, or the exception of a failure, in a few characters, whatever it does when it is asked to."""
    kind = type(value)
    if kind in _PLAIN:
        return repr(value)
    try:
        if kind in (str, bytes, bytearray):
            return repr(value if len(value) < MAX_SHOWN else value[:MAX_SHOWN])[:MAX_SHOWN]
        if kind in (set, frozenset, dict) and len(value) > MAX_MEMBERS:
            return f"<{kind.__name__} of {len(value)}>"
        if isinstance(value, Failure):
            return printable(f"{type(value.value).__name__}: {value.value}"[:MAX_SHOWN])
        return printable(_short.repr(value)[:MAX_SHOWN])
    except BaseException:  # noqa: BLE001  a foreign __repr__ may raise anything, and is no business of ours
        return f"<{kind.__name__}>"


def printable(text: str) -> str:
    """Escape what would break a line, or drive a terminal."""
    return text if text.isprintable() else text.encode("unicode_escape").decode()[:MAX_SHOWN]


def side_of(result: Any) -> Side:
    """Tell on which side a result travels."""
    return "errback" if isinstance(result, Failure) else "callback"


def name_of(function: Any) -> str:
    """Name a callback as its module would, without its module; a partial by what it calls, an object by its type."""
    if isinstance(function, functools.partial):
        return name_of(function.func)
    name = getattr(function, "__qualname__", None)
    return name if isinstance(name, str) else type(function).__qualname__


@define(eq=False)
class StepRecord:
    """One pair, and what became of it."""

    callback: str | None
    errback: str | None
    came: Side | None = None
    left: Side | None = None
    took: str | None = None
    gave: str | None = None
    started: float | None = None
    ended: float | None = None
    returned: "Record | None" = None
    made: "list[ref[Record]]" = field(factory=list)

    def forgotten(self) -> "Iterator[Record]":
        """List what it has made that nobody waits for, as long as that lives."""
        made = (reference() for reference in self.made)
        return (record for record in made if record is not None and record.is_forgotten)

    def frozen(self, since: float, now: float, depth: int, room: list[int]) -> Step:
        """Take it as it is now."""
        return Step(
            callback=self.callback,
            errback=self.errback,
            came=self.came,
            left=self.left,
            took=self.took,
            gave=self.gave,
            started=None if self.started is None else self.started - since,
            seconds=None if self.started is None or self.ended is None else self.ended - self.started,
            returned=self.returned.frozen(now, depth, room) if self.returned and depth > 0 else None,
        )


@define(eq=False)
class Record:
    """One Deferred: what it is, where it was made, its steps and members; ``is_wanted`` once somebody waits for it.

    ``shown`` is what travels along it now, as text, and ``left`` the side on which it does, None while that is unknown.
    """

    deferred: "ref[Deferred[Any]]"
    kind: str
    code: CodeType
    line: int
    born: float = field(factory=time.monotonic)
    fired: bool = False
    shown: str | None = None
    left: Side | None = None
    cancelled: bool = False
    is_wanted: bool = False
    steps: list[StepRecord] = field(factory=list)
    members: "list[Record]" = field(factory=list)

    @property
    def state(self) -> State:
        """What it is doing now."""
        deferred = self.deferred()
        if self.fired or (deferred is not None and deferred.called):
            return "fired"
        return "waiting" if deferred is not None else "gone"

    def add(self, callback: str | None, errback: str | None) -> StepRecord:
        """Write down a pair, by its names; beyond ``MAX_STEPS`` it is not kept."""
        step = StepRecord(callback, errback)
        if len(self.steps) < MAX_STEPS:
            self.steps.append(step)
        return step

    @property
    def is_forgotten(self) -> bool:
        """Whether nobody waits for it, and nobody would hear of its failure."""
        return not self.is_wanted and not any(step.errback for step in self.steps)

    @property
    def is_unhandled(self) -> bool:
        """Whether it ends in a failure that nobody has taken."""
        result = getattr(self.deferred(), "result", None)
        return not self.is_wanted and (isinstance(result, Failure) or self.left == "errback")

    @property
    def waits_for(self) -> "Record | None":
        """Find the one that has to fire before this one goes on, as ``Grid.waits_for`` does."""
        found: Record | None = waited_for(self)
        return found

    def frozen(self, now: float | None = None, depth: int = MAX_DEPTH, room: list[int] | None = None) -> Grid:
        """Take it as it is now; what is nested deeper, or finds no ``room`` among ``MAX_GRIDS``, is left out."""
        now = time.monotonic() if now is None else now
        room = [MAX_GRIDS] if room is None else room
        room[0] -= 1
        depth = depth if room[0] > 0 else 0
        return Grid(
            kind=self.kind,
            made=Origin(file=self.code.co_filename, line=self.line, function=self.code.co_qualname),
            age=now - self.born,
            state=self.state,
            cancelled=self.cancelled,
            unhandled=self.is_unhandled,
            steps=tuple(step.frozen(self.born, now, depth - 1, room) for step in self.steps) if depth >= 0 else (),
            members=tuple(member.frozen(now, depth - 1, room) for member in self.members) if depth > 0 else (),
            forgotten=tuple(record.frozen(now, depth - 1, room) for step in self.steps for record in step.forgotten())
            if depth > 0
            else (),
        )

    def bare(self, now: float) -> Grid:
        """Take it as it is now, without its steps."""
        return self.frozen(now, depth=-1)


#: What is written down of each Deferred that lives, by its identity: some Deferreds are equal to others.
RECORDS: dict[int, Record] = {}


def record_of(deferred: "Deferred[Any]") -> Record | None:
    """Find what was written down of a Deferred; None if it was made while nobody watched."""
    return RECORDS.get(id(deferred))


def all_records() -> list[Record]:
    """Take what is written down of all that live; at once, for others may come and go meanwhile."""
    return list(RECORDS.copy().values())
