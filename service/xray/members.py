"""Which members of a ``DeferredList`` a snapshot has."""

from collections.abc import Sequence
from typing import Any

#: Members that are over; the others of them are counted.
MAX_FIRED = 24


def unfired_first(members: Sequence[Any]) -> tuple[list[Any], int]:
    """Leave out members that are over, beyond the first few; return the others, and how many were left out."""
    room, kept = MAX_FIRED, []
    for member in members:
        is_over = member.waits_for is None
        room -= is_over
        if room >= 0 or not is_over:
            kept.append(member)
    return kept, len(members) - len(kept)
