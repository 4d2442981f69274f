"""Everything that waits, as a tree: rooted in what nobody waits for, with what each waits for below it."""

import time
from collections.abc import Iterator

from attrs import frozen

from .grid import Origin, is_waiting
from .live import all_records
from .record import Record
from .tasks import waiting_tasks

#: Maximum number of entries of a tree, and how deep it goes.
MOST, DEEPEST = 200, 40


@frozen(kw_only=True)
class Node:
    """A Deferred that has not fired, or an asyncio task; ``age`` is in seconds.

    ``number`` is that of its grid, and 0 for a task. ``place`` is where it waits, for the result of a generator or
    coroutine, and otherwise where it was made; ``through`` are the generators and coroutines in which it waits in turn.
    """

    number: int
    kind: str
    age: float | None
    place: Origin
    through: tuple[Origin, ...] = ()
    waits_for: tuple["Node", ...] = ()


@frozen(kw_only=True)
class Tree:
    """The roots, the oldest first; ``left_out`` is the number of Deferreds that there was no room for."""

    roots: tuple[Node, ...] = ()
    left_out: int = 0


def tree(most: int = MOST) -> Tree:
    """Return what waits, in at most so many entries."""
    now = time.monotonic()
    waiting = sorted(filter(is_pending, all_records()), key=lambda one: one.born)
    waited_for = {id(child) for record in waiting for child in children_of(record)}
    branches = _Branches(now, most)
    roots = [branches.node(record, DEEPEST) for record in waiting if id(record) not in waited_for]
    tasks = [Node(number=0, kind="Task", age=None, place=places[0], through=places[1:]) for places in waiting_tasks()]
    left_out = sum(record.number not in branches.shown for record in waiting)
    return Tree(roots=(*(root for root in roots if root is not None), *tasks), left_out=left_out)


class _Branches:
    """Makes nodes while there is ``room`` for them: a Deferred has one below each that waits for it."""

    def __init__(self, now: float, room: int) -> None:
        self.now = now
        self.room = room
        self.shown: set[int] = set()

    def node(self, record: Record, depth: int) -> Node | None:
        """Make the node of a record; return None if the tree is full, or too deep."""
        if self.room <= 0 or depth <= 0:
            return None
        self.room -= 1
        self.shown.add(record.number)
        place, *through = record.waits_in or (record.origin,)
        below = (self.node(child, depth - 1) for child in children_of(record))
        return Node(
            number=record.number,
            kind=record.kind.__name__,
            age=self.now - record.born,
            place=place,
            through=tuple(through),
            waits_for=tuple(node for node in below if node is not None),
        )


def children_of(record: Record) -> Iterator[Record]:
    """Yield the records of what has to fire before a Deferred goes on, as far as they have not."""
    for child in (*returned_by(record), *record.members, *record.awaited):
        if is_pending(child):
            yield child


def returned_by(record: Record) -> Iterator[Record]:
    """Yield what a step of a Deferred has returned, and waits for."""
    for step in record.steps:
        if is_waiting(step) and step.returned is not None:
            yield step.returned


def is_pending(record: Record) -> bool:
    """Return whether a Deferred has not fired, or one of its steps waits."""
    state = record.state
    return state == "waiting" or (state == "fired" and any(map(is_pending, returned_by(record))))
