"""One row of the slides' tables, with its code, and the path of its result."""

from collections.abc import Callable, Iterator
from inspect import isfunction
from typing import Any

from attrs import frozen
from twisted.internet.defer import Deferred
from twisted.python.failure import Failure

from service.lessons import tables
from service.lessons.capture import capture_log
from service.lessons.source import Source, names_in, source_of
from service.lessons.tables import Row
from service.xray.grid import Grid
from service.xray.watch import of, watching

#: Where helpers are.
MODULES = (tables.__name__, "service.lessons.methods", "service.lessons.sync_async")


@frozen(kw_only=True)
class RowRun:
    """A row that was run: the code in ``plain`` Python, and that with Deferreds, whose ``outcome`` is as text.

    ``grid`` is None if its result is not a Deferred.
    """

    says: str
    today: str
    plain: tuple[Source, ...]
    deferred: tuple[Source, ...]
    outcome: str
    grid: Grid | None


def run_row(row: Row) -> RowRun:
    """Run the side of a row that uses Deferreds."""
    with watching(), capture_log():
        result = row.deferred()
        grid, outcomes = None, [result]
        if isinstance(result, Deferred):
            grid = of(result)
            outcomes = []
            result.addBoth(outcomes.append)
        [outcome] = outcomes
    return RowRun(
        says=row.says,
        today=row.today,
        plain=tuple(sources_of(row.plain)),
        deferred=tuple(sources_of(row.deferred)),
        outcome=f"{type(outcome.value).__name__}: {outcome.value}" if isinstance(outcome, Failure) else repr(outcome),
        grid=grid,
    )


def sources_of(function: Callable[..., Any]) -> Iterator[Source]:
    """Yield the source of one side of a row, and of the helpers that it calls, and they."""
    shown = [function]
    for one in shown:
        yield source_of(one)
        helpers = map(one.__globals__.get, sorted(names_in(one.__code__)))
        ours = (helper for helper in helpers if isfunction(helper) and helper.__module__ in MODULES)
        shown.extend(helper for helper in ours if helper not in shown)
