"""``parallelLookup``, ``countDown`` and ``wait_for_file``: the slides' mistakes, and their fixes."""

from pathlib import Path
from typing import Any

import pytest
from twisted.internet.defer import Deferred, fail, succeed
from twisted.internet.task import Clock

from service.lessons import polling, utilities
from tests.results import failure_of, outcomes_of, result_of


def get_user_info(username: str) -> Deferred[Any]:
    return succeed(username.title()) if username != "jimbo" else fail(LookupError())


def test_parallel_lookup() -> None:
    """With ``results`` for ``result``, every user gets the second one's pair of success and result."""
    names = ["dustin", "karl", "jimbo"]
    assert result_of(utilities.parallel_lookup_wrong(get_user_info, names)) == dict.fromkeys(names, (True, "Karl"))
    assert result_of(utilities.parallel_lookup(get_user_info, names)) == {
        "dustin": "Dustin",
        "karl": "Karl",
        "jimbo": None,
    }


def test_parallel_lookup_of_one() -> None:
    """The mistake is an IndexError for a single user, and does not show for an empty list."""
    failure_of(utilities.parallel_lookup_wrong(get_user_info, ["dustin"]), IndexError)
    assert result_of(utilities.parallel_lookup_wrong(get_user_info, [])) == {}
    assert result_of(utilities.parallel_lookup(get_user_info, ["dustin"])) == {"dustin": "Dustin"}


def test_where_defer_is() -> None:
    """``defer`` cannot be imported from ``twisted.python``."""
    with pytest.raises(ImportError, match=r"cannot import name 'defer' from 'twisted\.python'"):
        utilities.import_defer_wrong()
    assert utilities.import_defer().Deferred is Deferred


def test_count_down(clock: Clock) -> None:
    """The slides' countdown calls ``defer.callLater`` and so raises after its first tick, except from 0."""
    ticks: list[int] = []
    with pytest.raises(AttributeError, match="callLater"):
        utilities.count_down_wrong(3, clock, ticks.append)
    assert ticks == [3]
    assert result_of(utilities.count_down_wrong(0, clock, ticks.append)) is None

    d = utilities.count_down(3, clock, ticks.append)
    clock.pump([1, 1])
    assert not d.called
    clock.advance(1)
    assert result_of(d) is None
    assert ticks == [3, 0, 3, 2, 1, 0]


@pytest.mark.parametrize(
    ("wait_for_file", "error"),
    [(polling.wait_for_file_wrong, TypeError), (polling.wait_for_file_without_os, NameError)],
)
def test_wait_for_file_wrong(tmp_path: Path, clock: Clock, wait_for_file: Any, error: type[Exception]) -> None:
    """The loop dies at its first poll: the Deferred of ``start`` fails, and the caller's never fires."""
    (tmp_path / "report.csv").touch()
    d, started = wait_for_file(str(tmp_path / "report.csv"), clock)
    failure_of(started, error)
    assert clock.getDelayedCalls() == []
    assert outcomes_of(d) == []


def test_wait_for_file(tmp_path: Path, clock: Clock) -> None:
    """The fixed version finds the file."""
    d, _ = polling.wait_for_file(str(tmp_path / "report.csv"), clock)
    clock.advance(1)
    assert not d.called
    (tmp_path / "report.csv").touch()
    clock.advance(1)
    assert result_of(d) is None
    assert clock.getDelayedCalls() == []
