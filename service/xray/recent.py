"""The last Deferreds that somebody wanted to remember, each by a name; what they held is not kept."""

import time
from collections import OrderedDict
from typing import Any

from attrs import define, field, frozen
from twisted.internet.defer import Deferred

from service.xray.grid import Grid
from service.xray.record import Record, record_of


@frozen
class Remembered:
    """One of those that are remembered: what it is ``about``, and its ``outcome``, in the words of who wanted that.

    ``grid`` is how it is now, and ``waits_for`` what it waits for, None if that is nothing; neither has its steps.
    """

    name: str
    about: str
    outcome: Any
    grid: Grid
    waits_for: Grid | None


@define
class _Entry:
    about: str
    record: Record
    outcome: Any = None


@define
class RecentTraces:
    """Remembers the last ``most`` Deferreds."""

    most: int = 256
    _entries: OrderedDict[str, _Entry] = field(factory=OrderedDict, init=False)

    def remember(self, name: str, deferred: Deferred[Any], about: str = "") -> None:
        """Remember a Deferred, if it is watched; the oldest one is forgotten if there are too many."""
        record = record_of(deferred)
        if record is None:
            return
        self._entries[name] = _Entry(about, record)
        self._entries.move_to_end(name)
        if len(self._entries) > self.most:
            self._entries.popitem(last=False)

    def conclude(self, name: str, outcome: Any) -> None:
        """Note what has come of one, if it is remembered."""
        if name in self._entries:
            self._entries[name].outcome = outcome

    def all(self) -> list[Remembered]:
        """List what is remembered, the last one first."""
        now = time.monotonic()
        entries = [(name, entry, entry.record.waits_for) for name, entry in reversed(self._entries.items())]
        return [
            Remembered(name, entry.about, entry.outcome, entry.record.bare(now), waiting.bare(now) if waiting else None)
            for name, entry, waiting in entries
        ]

    def grid(self, name: str) -> Grid | None:
        """Take the grid of a Deferred as it is now, or as it was last; None if it is not remembered."""
        entry = self._entries.get(name)
        return None if entry is None else entry.record.frozen()
