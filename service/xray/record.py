"""What is written down while a Deferred lives: it never keeps alive what the Deferred itself would let go of."""

import time
from collections import deque
from collections.abc import Iterator
from types import CodeType
from typing import Any
from weakref import ref

from attrs import define, field
from twisted.internet.defer import Deferred
from twisted.python.failure import Failure

from service.xray.grid import Grid, Origin, Side, State, Step, waited_for
from service.xray.reprs import path_of, show_if_wanted, side_of

#: How deep grids nest, and how many there are in one.
MAX_DEPTH = 8
MAX_GRIDS = 1000
#: Steps of a Deferred, Deferreds made by a step, or awaited by a coroutine, that are written down.
MAX_STEPS = 200


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
    """One Deferred: what it is, where it was made, its steps.

    ``in_step`` says that a step of another one has made it, ``is_wanted`` that somebody waits for it, and ``is_taken``
    that its result goes to somebody. ``unseen`` counts the steps that are not kept.
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
    in_step: bool = False
    is_wanted: bool = False
    is_taken: bool = False
    unseen: int = 0
    steps: list[StepRecord] = field(factory=list)
    members: "list[Record]" = field(factory=list)
    awaited: "deque[Record]" = field(factory=deque)

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
        else:
            self.unseen += 1
        return step

    def give_away(self) -> None:
        """Note that its result goes to somebody who waits for it: what becomes of a failure is not its own business."""
        self.is_wanted = self.is_taken = True

    def end(self, side: Side, shown: str | None) -> None:
        """Note what it has ended with."""
        self.fired, self.left, self.shown = True, side, shown

    @property
    def is_forgotten(self) -> bool:
        """Whether nobody waits for it, and nobody would hear of its failure."""
        return not self.is_wanted and not any(step.errback for step in self.steps)

    @property
    def is_unhandled(self) -> bool:
        """Whether it ends in a failure that nobody has taken."""
        result = getattr(self.deferred(), "result", None)
        return not self.is_taken and (isinstance(result, Failure) or self.left == "errback")

    @property
    def waits_for(self) -> "Record | None":
        """Find the one that has to fire before this one goes on, as ``Grid.waits_for`` does."""
        found: Record | None = waited_for(self)
        return found

    def ended(self) -> tuple[Side | None, str | None]:
        """Tell on which side its result is, and what that is, as far as anybody has seen it."""
        result = getattr(self.deferred(), "result", self)
        if self.left is not None or result is self or isinstance(result, Deferred):
            return self.left, self.shown
        return side_of(result), show_if_wanted(result)

    def frozen(self, now: float | None = None, depth: int = MAX_DEPTH, room: list[int] | None = None) -> Grid:
        """Take it as it is now; what is nested deeper, or finds no ``room`` among ``MAX_GRIDS``, is left out."""
        now = time.monotonic() if now is None else now
        room = [MAX_GRIDS] if room is None else room
        room[0] -= 1
        depth = depth if room[0] > 0 else 0
        left, gave = self.ended()
        return Grid(
            kind=self.kind,
            made=Origin(file=path_of(self.code.co_filename), line=self.line, function=self.code.co_qualname),
            age=now - self.born,
            state=self.state,
            cancelled=self.cancelled,
            unhandled=self.is_unhandled,
            left=left,
            gave=gave,
            unseen=self.unseen,
            steps=tuple(step.frozen(self.born, now, depth - 1, room) for step in self.steps) if depth >= 0 else (),
            members=tuple(member.frozen(now, depth - 1, room) for member in self.members) if depth > 0 else (),
            awaited=tuple(awaited.frozen(now, depth - 1, room) for awaited in self.awaited) if depth > 0 else (),
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
