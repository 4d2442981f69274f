"""Recent traces: the last Deferreds by name, without keeping their values alive."""

import time
from collections import OrderedDict
from collections.abc import Iterator
from typing import Any

from attrs import define, field, frozen
from twisted.internet.defer import Deferred

from .grid import Grid
from .record import RECORDS, Record


@frozen
class Remembered:
    """A remembered Deferred, with the ``about`` and ``outcome`` that the caller gave.

    ``grid`` is its current state and ``waits_for`` what it waits for, or None; neither includes steps.
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
    """A store of the last ``most`` Deferreds."""

    most: int = 256
    _entries: OrderedDict[str, _Entry] = field(factory=OrderedDict, init=False)

    def remember(self, name: str, deferred: Deferred[Any], about: str = "") -> None:
        """Remember a Deferred if it is watched; beyond ``most``, forget the oldest one."""
        record = RECORDS.get(id(deferred))
        if record is None:
            return
        self._entries.pop(name, None)
        self._entries[name] = _Entry(about, record)
        if len(self._entries) > self.most:
            self._entries.popitem(last=False)

    def conclude(self, name: str, outcome: Any) -> None:
        """Set the outcome of a Deferred, if it is remembered."""
        if name in self._entries:
            self._entries[name].outcome = outcome

    def all(self) -> list[Remembered]:
        """List the remembered Deferreds, latest first."""
        now = time.monotonic()
        entries = [(name, entry, entry.record.waits_for) for name, entry in reversed(self._entries.items())]
        return [
            Remembered(name, entry.about, entry.outcome, entry.record.bare(now), waiting.bare(now) if waiting else None)
            for name, entry, waiting in entries
        ]

    def durations(self, name: str) -> Iterator[tuple[str, float]]:
        """Yield the functions of a Deferred that have run, and how many seconds each took; none if it is not known."""
        entry = self._entries.get(name)
        for step in () if entry is None else entry.record.steps:
            function = step.errback if step.came else step.callback
            if function is not None and step.started is not None and step.ended is not None:
                yield function, step.ended - step.started

    def grid(self, name: str) -> Grid | None:
        """Return the current or last grid of a Deferred; None if it is not remembered."""
        entry = self._entries.get(name)
        return None if entry is None else entry.record.frozen()
