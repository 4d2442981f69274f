"""What a Deferred has waited for until now: within a budget, so that what runs for ever does not fill the memory."""

from collections import deque
from typing import Any

from attrs import define, field

#: Maximum number of records that one record keeps of what has ended, whatever that has kept of its own.
BUDGET = 200


@define(eq=False)
class History:
    """The records of what was ``awaited``, the oldest first; ``weight`` is the number of all records they keep."""

    awaited: deque[Any] = field(factory=deque)
    weight: int = 0

    def absorb(self, ended: Any) -> None:
        """Count the record of what has ended, and forget the oldest beyond the budget."""
        counted = 1
        if ended.history is not None or ended.members:
            counted = ended.weight
            if counted > BUDGET:
                ended.forget_history()
                counted = 1
        ended.counted = counted
        self.weight += counted
        if self.weight > BUDGET:
            self._forget_oldest(ended)

    def _forget_oldest(self, ended: Any) -> None:
        while self.weight > BUDGET and len(self.awaited) > 1:
            self.weight -= self.awaited.popleft().counted
        if self.weight > BUDGET:  # what steps have returned stays, as the steps do, without a history of its own
            ended.forget_history()
