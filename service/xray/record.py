"""Records of Deferreds, which keep nothing alive that the Deferred itself would release."""

import time
from collections.abc import Iterable, Iterator
from itertools import count
from types import CodeType
from typing import Any
from weakref import ref

from attrs import define, field
from twisted.internet.defer import Deferred
from twisted.python.failure import Failure

from .grid import UNKNOWN, Grid, Origin, Side, State, Step, waited_for
from .history import History
from .places import line_of, places_of
from .reprs import path_of, show_if_wanted, side_of

#: Limits of a snapshot: how deep grids nest, and how many there are in total.
MAX_DEPTH = 8
MAX_GRIDS = 1000
#: Maximum recorded steps of a Deferred, and Deferreds made by a step.
MAX_STEPS = 200
#: Fired members of a ``DeferredList`` that a snapshot has; the others are counted.
MAX_FIRED = 20


@define(eq=False)
class StepRecord:
    """A callback/errback pair and what happened to it."""

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
        """Iterate over the existing records of Deferreds that the step made and forgot."""
        made = (reference() for reference in self.made)
        return (record for record in made if record is not None and record.is_forgotten)

    def frozen(self, since: float, now: float, depth: int, room: list[int]) -> Step:
        """Return a snapshot of the step."""
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
    """The record of a Deferred: what it is, where it was made, and its steps.

    ``in_step`` means that a step of another Deferred made it, ``is_wanted`` that something waits for it, and
    ``is_taken`` that something takes its result. ``unseen`` is the number of steps that were not kept.
    ``shown`` is the current result as text and ``left`` the side that it is on; both are None while unknown.
    ``generator`` is the generator or coroutine whose result it is.
    """

    deferred: "ref[Deferred[Any]]"
    kind: str
    code: CodeType
    instruction: int
    born: float = field(factory=time.monotonic)
    number: int = field(factory=count(1).__next__)
    generator: "ref[Any] | None" = None
    history: History | None = None
    #: Its weight, as counted in the history of what has waited for it.
    counted: int = 0
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

    @property
    def origin(self) -> Origin:
        """The line of code that made it; for the result of a generator or coroutine, where that begins."""
        generator = None if self.generator is None else self.generator()
        code = getattr(generator, "gi_code", None) or getattr(generator, "cr_code", None)
        if code is not None:
            return Origin(file=path_of(code.co_filename), line=code.co_firstlineno, function=code.co_qualname)
        line = line_of(self.code, self.instruction)
        return Origin(file=path_of(self.code.co_filename), line=line, function=self.code.co_qualname)

    @property
    def waits_in(self) -> tuple[Origin, ...]:
        """Where the generator or coroutine waits, and those that it waits for, the outermost first."""
        return () if self.generator is None else tuple(places_of(self.generator()))

    @property
    def state(self) -> State:
        """Whether it is waiting, fired or gone."""
        deferred = self.deferred()
        if self.fired or (deferred is not None and deferred.called):
            return "fired"
        return "waiting" if deferred is not None else "gone"

    def add(self, callback: str | None, errback: str | None) -> StepRecord:
        """Add a step, by the names of its pair; beyond ``MAX_STEPS`` it is only counted."""
        step = StepRecord(callback, errback)
        if len(self.steps) < MAX_STEPS:
            self.steps.append(step)
        else:
            self.unseen += 1
        return step

    def give_away(self) -> None:
        """Note that something else takes its result and is responsible for a failure."""
        self.is_wanted = self.is_taken = True

    def end(self, side: Side, shown: str | None) -> None:
        """Record the side and the text of its result."""
        self.fired, self.left, self.shown = True, side, shown

    @property
    def weight(self) -> int:
        """The number of records that it keeps, itself included."""
        kept = 1 if self.history is None else 1 + self.history.weight
        return kept + sum(member.weight for member in self.members)

    @property
    def awaited(self) -> "Iterable[Record]":
        """The records of what it has awaited, the oldest first."""
        return () if self.history is None else self.history.awaited

    def note_awaited(self, awaited: "Record") -> None:
        """Note what it awaits."""
        if self.history is None:
            self.history = History()
        self.history.awaited.append(awaited)

    def absorb(self, ended: "Record") -> None:
        """Take note that what it has awaited or returned has ended."""
        if self.history is None:
            self.history = History()
        self.history.absorb(ended)

    def forget_history(self) -> None:
        """Forget what it has awaited, and its members and steps."""
        self.history = None
        self.members.clear()
        self.steps.clear()

    @property
    def is_forgotten(self) -> bool:
        """Whether nothing waits for it and it has no errback."""
        return not self.is_wanted and not any(step.errback for step in self.steps)

    @property
    def is_unhandled(self) -> bool:
        """Whether its result is an unhandled failure."""
        result = getattr(self.deferred(), "result", None)
        return not self.is_taken and (isinstance(result, Failure) or self.left == "errback")

    @property
    def waits_for(self) -> "Record | None":
        """The record of the Deferred that has to fire before this one continues; see ``Grid.waits_for``."""
        return waited_for(self)

    def ended(self) -> tuple[Side | None, str | None]:
        """Return the side and the text of its result, as far as they are known."""
        result = getattr(self.deferred(), "result", self)
        if self.left is not None or result is self or isinstance(result, Deferred):
            return self.left, self.shown
        return side_of(result), show_if_wanted(result)

    def frozen(self, now: float | None = None, depth: int = MAX_DEPTH, room: list[int] | None = None) -> Grid:
        """Return a snapshot without what is nested deeper or exceeds the ``room`` left of ``MAX_GRIDS``."""
        now = time.monotonic() if now is None else now
        room = [MAX_GRIDS] if room is None else room
        room[0] -= 1
        depth = depth if room[0] > 0 else 0
        left, gave = self.ended()
        members, fired = unfired_first(self.members)
        return Grid(
            kind=self.kind,
            number=self.number,
            made=self.origin,
            waits_in=self.waits_in if self.state == "waiting" else (),
            age=now - self.born,
            state=self.state,
            cancelled=self.cancelled,
            unhandled=self.is_unhandled,
            left=left,
            gave=gave,
            unseen=self.unseen,
            steps=tuple(step.frozen(self.born, now, depth - 1, room) for step in self.steps) if depth >= 0 else (),
            members=tuple(member.frozen(now, depth - 1, room) for member in members) if depth > 0 else (),
            fired_members=fired,
            awaited=tuple(awaited.frozen(now, depth - 1, room) for awaited in self.awaited) if depth > 0 else (),
            forgotten=tuple(record.frozen(now, depth - 1, room) for step in self.steps for record in step.forgotten())
            if depth > 0
            else (),
        )

    def bare(self, now: float) -> Grid:
        """Return a snapshot without steps."""
        return self.frozen(now, depth=-1)


#: The record of each live Deferred, by id: a subclass may define equality.
RECORDS: dict[int, Record] = {}


def record_of(deferred: "Deferred[Any]") -> Record | None:
    """Return the record of a Deferred; None if it was made while X-ray was not installed."""
    return RECORDS.get(id(deferred))


def all_records() -> list[Record]:
    """List the records of all live Deferreds, from an atomic copy: some may come and go meanwhile."""
    return list(RECORDS.copy().values())


def unfired_first(members: list[Record]) -> tuple[list[Record], int]:
    """Leave out members that have fired beyond the first few; return the others, and how many were left out."""
    room, kept = MAX_FIRED, []
    for member in members:
        is_over = member.waits_for is None
        room -= is_over
        if room >= 0 or not is_over:
            kept.append(member)
    return kept, len(members) - len(kept)


def grid_of_older(deferred: Deferred[Any]) -> Grid:
    """Return what can be known of a Deferred that has no record: whether it has fired, and with what."""
    result = getattr(deferred, "result", deferred)
    is_known = deferred.called and not isinstance(result, Deferred)
    return Grid(
        kind=type(deferred).__name__,
        number=0,
        made=UNKNOWN,
        age=0.0,
        state="fired" if deferred.called else "waiting",
        cancelled=False,
        unhandled=is_known and isinstance(result, Failure),
        left=side_of(result) if is_known else None,
        gave=show_if_wanted(result) if is_known else None,
    )
