"""The Deferreds that live: those with a record, and what is known of others."""

from typing import Any

from twisted.internet.defer import Deferred
from twisted.python.failure import Failure

from .grid import UNKNOWN, Grid
from .record import RECORDS, Record
from .reprs import keep_if_wanted, text_of


def all_records() -> list[Record]:
    """List the records of all live Deferreds, from an atomic copy: some may come and go meanwhile."""
    return list(RECORDS.copy().values())


def record_numbered(number: str) -> Record | None:
    """Return the record with a number, which comes as text; None if no live Deferred has it."""
    return next((record for record in all_records() if str(record.number) == number), None)


def grid_of_older(deferred: Deferred[Any]) -> Grid:
    """Return what can be known of a Deferred that has no record: whether it has fired, and with what."""
    result = getattr(deferred, "result", deferred)
    is_known = deferred.called and not isinstance(result, Deferred)
    failed = is_known and isinstance(result, Failure)
    return Grid(
        kind=type(deferred).__name__,
        number=0,
        made=UNKNOWN,
        age=0.0,
        state="fired" if deferred.called else "waiting",
        cancelled=False,
        unhandled=failed,
        left=("errback" if failed else "callback") if is_known else None,
        gave=text_of(keep_if_wanted(result)) if is_known else None,
    )
