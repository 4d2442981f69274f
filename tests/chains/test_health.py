"""Readiness of the backends, with a deadline."""

import pytest
from twisted.internet.defer import Deferred, fail
from twisted.internet.task import Clock

from fakes.database import FakeUserDatabase
from service.chains.health import Health
from service.errors import Overloaded, TimedOut
from tests.log import Log
from tests.results import result_of


@pytest.mark.parametrize(
    ("faults", "state"),
    [("slow=0.5", "ok"), ("down", "down"), ("raise", "down"), ("hang", "timeout"), ("slow=2", "timeout")],
)
def test_the_state_of_a_backend(clock: Clock, faults: str, state: str) -> None:
    """Each backend has a second to answer, and its failure does not affect the others."""
    backends = {
        "database": FakeUserDatabase.from_url(f"fake:?faults={faults}", clock),
        "other": FakeUserDatabase.from_url("fake:", clock),
    }
    d = Health(backends=backends, clock=clock).check()
    clock.pump([0, 0.5, 0.5])
    assert result_of(d) == {"database": state, "other": "ok"}
    assert clock.getDelayedCalls() == []


def test_a_backend_that_is_down_is_logged(clock: Clock, log: Log) -> None:
    """The reason why a backend is down is logged."""
    result_of(Health(backends={"im": FakeUserDatabase.from_url("fake:?faults=raise", clock)}, clock=clock).check())
    assert log.messages("service.chains.health") == ["backend im is down: FakeBugError('')"]


def test_cancelling_the_check(clock: Clock, log: Log) -> None:
    """A check that is cancelled leaves no timer behind."""
    d = Health(backends={"im": FakeUserDatabase.from_url("fake:?faults=hang", clock)}, clock=clock).check()
    d.cancel()
    result_of(d)
    assert clock.getDelayedCalls() == []


def test_a_backend_that_has_too_much_to_do(clock: Clock) -> None:
    """A backend that is overloaded, or past its own deadline, is reported as such."""

    class Busy(FakeUserDatabase):
        """A fake with failures that the fault injection does not offer."""

        def ping(self) -> Deferred[None]:
            return fail(errors.pop())

    errors: list[Exception] = [Overloaded("too much"), TimedOut(0.5)]
    health = Health(backends={"database": Busy.from_url("fake:", clock)}, clock=clock)
    assert result_of(health.check()) == {"database": "timeout"}
    assert result_of(health.check()) == {"database": "overloaded"}
