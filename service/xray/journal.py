"""The last Deferreds that somebody wanted to remember, each by a name; what they held is not kept."""

import time
from collections import OrderedDict
from typing import Any

from attrs import define, field
from twisted.internet.defer import Deferred

from service.xray.grid import Grid
from service.xray.record import Record, record_of


@define
class Journal:
    """Remembers the last ``most`` Deferreds."""

    most: int = 256
    _records: OrderedDict[str, Record] = field(factory=OrderedDict, init=False)

    def remember(self, name: str, deferred: Deferred[Any]) -> None:
        """Remember a Deferred, if it is watched; the oldest one is forgotten if there are too many."""
        record = record_of(deferred)
        if record is None:
            return
        self._records[name] = record
        self._records.move_to_end(name)
        if len(self._records) > self.most:
            self._records.popitem(last=False)

    def names(self) -> list[str]:
        """List the names, the last one first."""
        return list(reversed(self._records))

    def grid(self, name: str) -> Grid | None:
        """Take the grid of a Deferred as it is now, or as it was last; None if it is not remembered."""
        record = self._records.get(name)
        return None if record is None else record.frozen()

    def waiting(self) -> dict[str, tuple[Grid, Grid]]:
        """List those that wait: by name, each with what it waits for, both without their steps."""
        now = time.monotonic()
        waited_for = {name: record.waits_for for name, record in reversed(self._records.items())}
        return {
            name: (self._records[name].bare(now), record.bare(now)) for name, record in waited_for.items() if record
        }
