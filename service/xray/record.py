"""What is written down while a Deferred lives: it never keeps alive what the Deferred itself would let go of."""

import reprlib
import time
from types import CodeType
from typing import Any
from weakref import WeakKeyDictionary, ref

from attrs import define, field
from twisted.internet.defer import Deferred
from twisted.python.failure import Failure

from service.xray.grid import Grid, Origin, Side, State, Step

#: Characters of a value that are shown, and how deep grids nest.
MAX_SHOWN = 80
MAX_DEPTH = 8
#: Steps of a Deferred, and Deferreds made by a step, that are written down; the others are not seen.
MAX_STEPS = 200
_PLAIN = (type(None), bool, float)
_short = reprlib.Repr()
_short.maxstring = _short.maxother = _short.maxlong = MAX_SHOWN


def show(value: Any) -> str:
    """Describe a value, or the exception of a failure, in a few characters, whatever it does when it is asked to."""
    kind = type(value)
    if kind in _PLAIN or (kind in (str, bytes) and len(value) < MAX_SHOWN // 2):
        return repr(value)[:MAX_SHOWN]
    try:
        if isinstance(value, Failure):
            return f"{type(value.value).__name__}: {value.value}"[:MAX_SHOWN]
        return _short.repr(value)[:MAX_SHOWN]
    except Exception:  # noqa: BLE001  a foreign __repr__ may raise anything, and is no business of ours
        return f"<{type(value).__name__}>"


def side_of(result: Any) -> Side:
    """Tell on which side a result travels."""
    return "errback" if isinstance(result, Failure) else "callback"


def name_of(function: Any) -> str:
    """Name a callback as its module would, without its module; a partial by what it calls, an object by its type."""
    try:
        name: str = function.__qualname__
    except AttributeError:
        return name_of(function.func) if hasattr(function, "func") else type(function).__qualname__
    return name


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
    made: "list[Record]" = field(factory=list)

    def frozen(self, since: float, now: float, depth: int) -> Step:
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
            returned=self.returned.frozen(now, depth) if self.returned and depth else None,
        )


@define(eq=False)
class Record:
    """One Deferred: what it is, where it was made, its steps and members; ``is_wanted`` once somebody waits for it.

    ``shown`` is what travels along it now, as text.
    """

    deferred: "ref[Deferred[Any]]"
    kind: str
    code: CodeType
    line: int
    born: float = field(factory=time.monotonic)
    fired: bool = False
    shown: str | None = None
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
        return not self.is_wanted and bool(self.steps) and self.steps[-1].left == "errback"

    def frozen(self, now: float | None = None, depth: int = MAX_DEPTH) -> Grid:
        """Take it as it is now; what is nested deeper than that is left out."""
        now = time.monotonic() if now is None else now
        nested = [*self.members, *(record for step in self.steps for record in step.made if record.is_forgotten)]
        grids = [record.frozen(now, depth - 1) for record in nested] if depth else []
        return Grid(
            kind=self.kind,
            made=Origin(file=self.code.co_filename, line=self.line, function=self.code.co_qualname),
            age=now - self.born,
            state=self.state,
            cancelled=self.cancelled,
            unhandled=self.is_unhandled,
            steps=tuple(step.frozen(self.born, now, depth - 1) for step in self.steps),
            members=tuple(grids[: len(self.members)]),
            forgotten=tuple(grids[len(self.members) :]),
        )


#: What is written down of each Deferred that lives.
RECORDS: "WeakKeyDictionary[Deferred[Any], Record]" = WeakKeyDictionary()
