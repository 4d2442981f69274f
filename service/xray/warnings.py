"""Warnings about live Deferreds: unhandled failures, forgotten Deferreds, and long waits."""

import time
from typing import Literal

from attrs import frozen

from service.xray.grid import Grid
from service.xray.record import Record, all_records

#: An unhandled failure; made by a step and neither returned nor given an errback; waiting for a long time.
Why = Literal["unhandled", "forgotten", "old"]


@frozen
class Warned:
    """A Deferred that looks wrong, with the reason; its grid has no steps."""

    why: Why
    grid: Grid


def warnings(older_than: float = 60.0) -> list[Warned]:
    """List Deferreds that look wrong, oldest first; one is ``old`` if it has not fired for ``older_than`` seconds.

    An unhandled failure is listed as long as its Deferred lives; after that, Twisted logs it.
    """
    now = time.monotonic()
    warned = ((record, why_warned(record, now - older_than)) for record in all_records())
    found = sorted(((record, why) for record, why in warned if why), key=lambda pair: pair[0].born)
    return [Warned(why, record.bare(now)) for record, why in found]


def why_warned(record: Record, old: float) -> Why | None:
    """Return the most serious warning about a Deferred, or None; it is old if made before the time ``old``."""
    if record.is_unhandled:
        return "unhandled"
    if record.in_step and record.is_forgotten:
        return "forgotten"
    return "old" if record.state == "waiting" and record.born <= old else None
