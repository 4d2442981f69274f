"""The slides' two tables, whose rows are pairs of equivalent functions."""

from collections.abc import Callable
from typing import Any

import pytest
from twisted.internet.defer import Deferred
from twisted.python.failure import Failure

from service.lessons.methods import METHODS
from service.lessons.sync_async import SYNC_AND_ASYNC
from service.lessons.tables import OddNumberError, Row
from tests.results import outcomes_of

ROWS = [*METHODS, *SYNC_AND_ASYNC]
#: The rows of the slides, by how they start.
ON_THE_SLIDES = [
    *("addCallback(", "addErrback(", "addCallbacks(", "addBoth(", "callback(", "errback()", "errback(f)"),
    *("succeed(", "fail(", "a callback that returns a Deferred"),
    *("call", "one after", "return", "raise", "a new thread", "join"),
]
SINCE = ["addTimeout", "cancel", "race", "gatherResults", "fromCoroutine"]


def outcome_of(function: Callable[[], Any]) -> Any:
    """Run one side of a row; return its result, or the type and arguments of its error."""
    try:
        result = function()
    except OddNumberError as error:
        return type(error), error.args
    if isinstance(result, Deferred):
        [result] = outcomes_of(result)
    if isinstance(result, Failure):
        assert isinstance(result.value, OddNumberError)
        return type(result.value), result.value.args
    return result


@pytest.mark.parametrize("row", ROWS, ids=[row.says for row in ROWS])
def test_both_sides_come_to_the_same(row: Row) -> None:
    """Plain Python and Deferreds have the same result, or raise and fail with the same error."""
    assert outcome_of(row.deferred) == outcome_of(row.plain)


@pytest.mark.parametrize("says", ON_THE_SLIDES)
def test_every_row_of_the_slides_is_there(says: str) -> None:
    """Every row of the slides is in the tables."""
    assert any(row.says.startswith(says) for row in ROWS)


@pytest.mark.parametrize("name", SINCE)
def test_what_has_come_since(name: str) -> None:
    """Each newer feature of Twisted is in the tables."""
    assert any(name in row.says or name in row.today for row in ROWS)


def test_what_the_rows_come_to() -> None:
    """The rows have the expected outcomes, not merely equal ones."""
    outcomes = {row.says: outcome_of(row.deferred) for row in ROWS}
    assert outcomes["addCallback(cb, *args)"] == "4m"
    assert outcomes["addErrback(eb, *args, **kwargs)"] == "odd: 7"
    assert outcomes["errback()"] == (OddNumberError, (7,))
    assert outcomes["a new thread: call, and do not return"] == ["here", "thread"]
    assert outcomes["set a time limit: addTimeout"] == "too late"
    assert outcomes["stop an operation: cancel"] == "cancelled"
