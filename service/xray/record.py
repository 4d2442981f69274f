"""Records of Deferreds, which keep nothing alive that the Deferred itself would release."""

import time
from collections import defaultdict
from collections.abc import Iterable
from functools import cached_property
from itertools import count
from types import CodeType
from typing import Any
from weakref import ref

from attrs import define, field
from twisted.internet.defer import Deferred
from twisted.python.failure import Failure

from .grid import Grid, Origin, Side, State, waited_for
from .history import History
from .members import unfired_first
from .places import line_of, places_of
from .reprs import keep_if_wanted, path_of, text_of

#: Limits of a snapshot: how deep grids nest, and how many there are in total.
MAX_DEPTH = 8
MAX_GRIDS = 1000
#: Maximum recorded steps of a Deferred, and Deferreds that they have forgotten.
MAX_STEPS = 200
_next_number = count(1).__next__
SIDES: dict[bool | None, Side | None] = {None: None, False: "callback", True: "errback"}


class Record(ref[Deferred[Any]]):
    """The record of a Deferred, and a weak reference to it: what it is, where it was made, and its steps.

    ``maker`` is the number of the record of whose steps one made it, 0 for none. ``is_wanted`` means that something
    waits for it, and ``is_taken`` that something takes its result. ``unseen`` is the number of steps not kept.
    ``shown`` is the current result, as ``keep`` keeps it, and ``left`` whether it is on the errback side; both are None
    while unknown. ``generator`` is the generator or coroutine whose result it is. ``counted`` is its weight in the
    history of what has waited for it.
    """

    __slots__ = (
        *("key", "kind", "code", "instruction", "born", "number", "fired", "shown", "left", "cancelled", "maker"),
        *("is_wanted", "is_taken", "unseen", "steps", "members", "generator", "history", "counted"),
    )
    code: CodeType
    instruction: int
    # As any object, and not as the Deferred that it refers to.
    __eq__ = object.__eq__
    __hash__ = object.__hash__

    def __init__(self, deferred: Any, forget: Any) -> None:  # noqa: ARG002  for ``ref.__new__``
        self.key = id(deferred)
        self.kind = type(deferred)
        self.born = time.monotonic()
        self.number = _next_number()
        self.fired = self.cancelled = self.is_wanted = self.is_taken = False
        self.left: bool | None = None
        self.shown: Any = None
        self.maker = self.unseen = self.counted = 0
        self.steps: list[Any] | tuple[()] = ()
        self.members: list[Record] | tuple[()] = ()
        self.generator: ref[Any] | None = None
        self.history: History | None = None

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
        deferred = self()
        if self.fired or (deferred is not None and deferred.called):
            return "fired"
        return "waiting" if deferred is not None else "gone"

    @property
    def weight(self) -> int:
        """The number of records that it keeps, itself included."""
        kept = 1 if self.history is None else 1 + self.history.weight
        return kept + sum([member.weight for member in self.members]) if self.members else kept

    @property
    def awaited(self) -> "Iterable[Record]":
        """The records of what it has awaited, the oldest first."""
        return () if self.history is None else self.history.awaited

    def absorb(self, ended: "Record") -> None:
        """Take note that what it has awaited or returned has ended."""
        self.history = self.history or History()
        self.history.absorb(ended)

    def forget_history(self) -> None:
        """Forget what it has awaited, and its members and steps."""
        self.history = None
        self.members = self.steps = ()

    def end(self, failed: bool, shown: Any) -> None:  # noqa: FBT001  the side
        """Record the side and the value of its result."""
        self.fired, self.left, self.shown = True, failed, shown

    @property
    def is_forgotten(self) -> bool:
        """Whether nothing waits for it and it has no errback."""
        return not self.is_wanted and not any(step.errback for step in self.steps)

    @property
    def is_unhandled(self) -> bool:
        """Whether its result is an unhandled failure."""
        return not self.is_taken and (isinstance(getattr(self(), "result", None), Failure) or bool(self.left))

    @property
    def waits_for(self) -> "Record | None":
        """What has to fire before this one continues; see ``Grid.waits_for``."""
        return waited_for(self)

    def ended(self) -> tuple[Side | None, str | None]:
        """Return the side and the text of its result, as far as they are known."""
        result = getattr(self(), "result", self)
        if self.left is not None or result is self or isinstance(result, Deferred):
            return SIDES[self.left], text_of(self.shown)
        return SIDES[isinstance(result, Failure)], text_of(keep_if_wanted(result))

    def frozen(self, snapshot: "Snapshot | None" = None, depth: int = MAX_DEPTH) -> Grid:
        """Return a snapshot without what is nested deeper or exceeds the room that is left."""
        snapshot = snapshot or Snapshot()
        snapshot.room -= 1
        depth = depth if snapshot.room > 0 else 0
        left, gave = self.ended()
        members, fired = unfired_first(self.members) if depth > 0 else ([], 0)
        forgotten = snapshot.forgotten_of(self) if depth > 0 else []
        return Grid(
            kind=self.kind.__name__,
            number=self.number,
            made=self.origin,
            waits_in=self.waits_in if self.state == "waiting" else (),
            age=snapshot.now - self.born,
            state=self.state,
            cancelled=self.cancelled,
            unhandled=self.is_unhandled,
            left=left,
            gave=gave,
            unseen=self.unseen,
            steps=tuple(step.frozen(self.born, snapshot, depth - 1) for step in self.steps) if depth >= 0 else (),
            members=tuple(member.frozen(snapshot, depth - 1) for member in members),
            fired_members=fired,
            awaited=tuple(awaited.frozen(snapshot, depth - 1) for awaited in self.awaited) if depth > 0 else (),
            forgotten=tuple(record.frozen(snapshot, depth - 1) for record in forgotten),
        )

    def bare(self, now: float) -> Grid:
        """Return a snapshot without steps."""
        return self.frozen(Snapshot(now), depth=-1)


@define
class Snapshot:
    """What grids that are made together share: the time, and the ``room`` that is left for them."""

    now: float = field(factory=time.monotonic)
    room: int = MAX_GRIDS

    def forgotten_of(self, record: Record) -> list[Record]:
        """Return the records of what the steps of one have made and forgotten: the first of them."""
        return [one for one in self.made_by[record.number] if one.is_forgotten][:MAX_STEPS]

    @cached_property
    def made_by(self) -> "defaultdict[int, list[Record]]":
        """The records of live Deferreds, by the number of the record of whose steps one made them."""
        found: defaultdict[int, list[Record]] = defaultdict(list)
        for record in RECORDS.copy().values():
            if record.maker:
                found[record.maker].append(record)
        return found


#: The record of each live Deferred, by id: a subclass may define equality.
RECORDS: dict[int, Record] = {}


def forget(gone: Any) -> None:
    """Forget the record of a Deferred that is gone, and let it go without the garbage collector."""
    RECORDS.pop(gone.key, None)
    for step in gone.steps:
        step.record = None
