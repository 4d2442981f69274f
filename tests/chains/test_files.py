"""``wait_for_file``, and a watched folder with several waiters."""

from pathlib import Path

import pytest
from twisted.internet.defer import CancelledError
from twisted.internet.task import Clock

from service.chains.files import Arrivals, wait_for_file
from service.errors import InvalidParameter
from service.values import Arrival
from tests.results import failure_of, outcomes_of, result_of


def test_a_file_that_is_there(tmp_path: Path, clock: Clock) -> None:
    """For a file that exists, the Deferred has already fired and no timer is left."""
    (tmp_path / "report.csv").touch()
    assert result_of(wait_for_file(tmp_path / "report.csv", clock=clock)) is None
    assert clock.getDelayedCalls() == []


@pytest.mark.parametrize("interval", [0.25, 1, 7])
def test_a_file_that_arrives(tmp_path: Path, clock: Clock, interval: float) -> None:
    """A file that arrives is found by the next poll, and not before."""
    d = wait_for_file(tmp_path / "report.csv", interval, clock=clock)
    clock.pump([interval] * 3)
    (tmp_path / "report.csv").touch()
    clock.advance(interval * 0.99)
    assert not d.called
    clock.advance(interval * 0.01)
    assert result_of(d) is None
    assert clock.getDelayedCalls() == []


def test_cancelling_stops_the_polls(tmp_path: Path, clock: Clock) -> None:
    """Cancelling fails the Deferred and stops the polling."""
    d = wait_for_file(tmp_path / "report.csv", clock=clock)
    clock.advance(2.5)
    d.cancel()
    failure_of(d, CancelledError)
    assert clock.getDelayedCalls() == []


@pytest.mark.parametrize("target", ["/etc/passwd", "/nowhere", "../outside", "../../etc/passwd", "link", "folder/link"])
def test_a_link_that_leads_out(tmp_path: Path, clock: Clock, target: str) -> None:
    """A link out of the folder, direct or through other links, is refused whether or not its target exists."""
    watched = tmp_path / "watched"
    (watched / "folder").mkdir(parents=True)
    (tmp_path / "outside").touch()
    (watched / "link").symlink_to("../outside")
    (watched / "folder" / "link").symlink_to("../../nothing")
    (watched / "report.csv").symlink_to(target)
    failure_of(wait_for_file(watched / "report.csv", clock=clock), InvalidParameter)
    assert clock.getDelayedCalls() == []


def test_a_link_that_comes_to_lead_out(tmp_path: Path, clock: Clock) -> None:
    """A link out of the folder is also refused if it is created during the wait."""
    d = wait_for_file(tmp_path / "report.csv", clock=clock)
    (tmp_path / "report.csv").symlink_to("/etc/passwd")
    clock.advance(1)
    assert failure_of(d, InvalidParameter).error == "filename is a link that leads out of the watched folder"


def test_a_link_inside(tmp_path: Path, clock: Clock) -> None:
    """A link inside the folder is followed, so that the wait ends when its target arrives."""
    (tmp_path / "latest").symlink_to("report.csv")
    d = wait_for_file(tmp_path / "latest", clock=clock)
    assert not d.called
    (tmp_path / "report.csv").touch()
    clock.advance(1)
    assert result_of(d) is None


def test_a_link_to_itself(tmp_path: Path, clock: Clock) -> None:
    """A circular link counts as a missing file."""
    (tmp_path / "loop").symlink_to("loop")
    d = wait_for_file(tmp_path / "loop", clock=clock)
    clock.advance(1)
    assert outcomes_of(d) == []


def test_an_arrival(tmp_path: Path, clock: Clock) -> None:
    """Each waiter gets the time since its own request."""
    arrivals = Arrivals(folder=tmp_path, clock=clock)
    early = arrivals.wait_for("report.csv")
    clock.advance(2.5)
    late = arrivals.wait_for("report.csv")
    (tmp_path / "report.csv").touch()
    clock.advance(0.5)
    assert result_of(early) == Arrival(filename="report.csv", waited=3.0)
    assert result_of(late) == Arrival(filename="report.csv", waited=0.5)


def test_those_who_wait_for_the_same_share_one_poll(tmp_path: Path, clock: Clock) -> None:
    """Waiters for one file share a timer, which stops when the last one cancels."""
    arrivals = Arrivals(folder=tmp_path, clock=clock)
    waiting = [arrivals.wait_for("report.csv") for _ in range(5)]
    assert len(clock.getDelayedCalls()) == 1
    other = arrivals.wait_for("other.csv")
    assert len(clock.getDelayedCalls()) == 2
    for d in (other, *waiting[1:]):
        d.cancel()
        failure_of(d, CancelledError)
    assert len(clock.getDelayedCalls()) == 1
    waiting[0].cancel()
    failure_of(waiting[0], CancelledError)
    assert clock.getDelayedCalls() == []
