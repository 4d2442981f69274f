"""What looks wrong among the Deferreds that live: failed and unhandled, forgotten, waiting for long."""

import time
from typing import Literal

from attrs import frozen

from service.xray.grid import Grid
from service.xray.record import Record, all_records

#: An unhandled failure; made by a step, and neither returned nor given an errback; has not fired for long.
Why = Literal["unhandled", "forgotten", "old"]


@frozen
class Warned:
    """One Deferred that looks wrong, and why; its grid is without steps."""

    why: Why
    grid: Grid


def warnings(older_than: float = 60.0) -> list[Warned]:
    """List what looks wrong, the oldest first; what has not fired for ``older_than`` seconds is old.

    An unhandled failure is on the list for as long as its Deferred lives: when that goes, Twisted logs it.
    """
    now = time.monotonic()
    warned = ((record, why_warned(record, now - older_than)) for record in all_records())
    found = sorted(((record, why) for record, why in warned if why), key=lambda pair: pair[0].born)
    return [Warned(why, record.bare(now)) for record, why in found]


def why_warned(record: Record, old: float) -> Why | None:
    """Say what is wrong with one, the worst if there are several; what was made before ``old`` is."""
    if record.is_unhandled:
        return "unhandled"
    if record.in_step and record.is_forgotten:
        return "forgotten"
    return "old" if record.state == "waiting" and record.born <= old else None
