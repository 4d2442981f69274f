"""Installation of X-ray, and access to what it has recorded."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from twisted.internet.defer import Deferred

from .grid import Grid
from .live import all_records, grid_of_older
from .methods import METHODS
from .record import RECORDS, Snapshot
from .reprs import OPTIONS

#: Twisted's original methods.
_ORIGINALS = {watched: {name: vars(watched)[name] for name in methods} for watched, methods in METHODS.items()}
#: The attribute by which a replaced method says which copy of X-ray it belongs to.
_HOME = "deferred_xray"
Deferred_init: Any = METHODS[Deferred]["__init__"]
setattr(Deferred_init, _HOME, __file__)


def install(*, values: bool = True) -> None:
    """Watch every Deferred made from now on; ``values`` says whether to show the values passed along.

    :raise RuntimeError: if another copy of X-ray is installed: its text names both.
    """
    other = getattr(vars(Deferred)["__init__"], _HOME, __file__)
    if other != __file__:
        raise RuntimeError(f"another copy of X-ray is installed: {other}; this one is {__file__}")
    OPTIONS.values = values
    _put(METHODS)


def uninstall() -> None:
    """Stop watching; what has been recorded can still be read."""
    _put(_ORIGINALS)
    for record in all_records():
        record.shown = None  # the value may now change without being recorded


def installed() -> bool:
    """Return whether X-ray is installed."""
    return all(
        vars(watched)[name] is method for watched, methods in METHODS.items() for name, method in methods.items()
    )


def _put(classes: dict[Any, dict[str, Any]]) -> None:
    for watched, methods in classes.items():
        for name, method in methods.items():
            setattr(watched, name, method)


@contextmanager
def watching(*, values: bool = True) -> Iterator[None]:
    """Install X-ray inside a ``with`` block and restore the previous state afterwards."""
    was_installed, former = installed(), OPTIONS.values
    install(values=values)
    try:
        yield
    finally:
        OPTIONS.values = former
        if not was_installed:
            uninstall()


def of(deferred: Deferred[Any]) -> Grid:
    """Return the current grid of a Deferred; one made while X-ray was not installed has a state, but no steps."""
    record = RECORDS.get(id(deferred))
    return grid_of_older(deferred) if record is None else record.frozen()


def waiting(older_than: float = 0.0) -> list[Grid]:
    """List the grids of all Deferreds that have waited for at least ``older_than`` seconds, oldest first."""
    now = time.monotonic()
    records = [record for record in all_records() if record.state == "waiting"]
    records = [record for record in records if now - record.born >= older_than]
    return [record.frozen(Snapshot(now)) for record in sorted(records, key=lambda record: record.born)]
