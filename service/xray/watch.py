"""Installs X-ray, and looks at what it has written down."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from twisted.internet.defer import Deferred

from service.xray.grid import Grid
from service.xray.methods import METHODS
from service.xray.record import all_records, record_of
from service.xray.reprs import OPTIONS

#: The methods as they are without us.
_ORIGINALS = {watched: {name: vars(watched)[name] for name in methods} for watched, methods in METHODS.items()}


def install(*, values: bool = True) -> None:
    """Watch every Deferred that is made from now on; ``values`` says whether to show what travels along them."""
    OPTIONS.values = values
    _put(METHODS)


def uninstall() -> None:
    """Watch no more; what was watched until now can still be looked at."""
    _put(_ORIGINALS)
    for record in all_records():
        record.shown = None  # what travels along it may become something else, unseen


def installed() -> bool:
    """Say whether Deferreds are watched."""
    return all(
        vars(watched)[name] is method for watched, methods in METHODS.items() for name, method in methods.items()
    )


def _put(classes: dict[Any, dict[str, Any]]) -> None:
    for watched, methods in classes.items():
        for name, method in methods.items():
            setattr(watched, name, method)


@contextmanager
def watching(*, values: bool = True) -> Iterator[None]:
    """Watch meanwhile, as ``install`` does; afterwards it is as it was before."""
    was_installed, former = installed(), OPTIONS.values
    install(values=values)
    try:
        yield
    finally:
        OPTIONS.values = former
        if not was_installed:
            uninstall()


def of(deferred: Deferred[Any]) -> Grid | None:
    """Take the grid of a Deferred as it is now; None if it was made while nobody watched."""
    record = record_of(deferred)
    return None if record is None else record.frozen()


def waiting(older_than: float = 0.0) -> list[Grid]:
    """Take the grid of every Deferred that has not fired, the oldest first; of those alone that are older than that."""
    now = time.monotonic()
    records = [record for record in all_records() if record.state == "waiting"]
    records = [record for record in records if now - record.born >= older_than]
    return [record.frozen(now) for record in sorted(records, key=lambda record: record.born)]
