"""Deferreds that never fire, and Deferreds that nest too deeply."""

import sys

import pytest
from twisted.internet.defer import Deferred
from twisted.internet.task import Clock

from service.lessons.firing import DatabaseThatFires, DatabaseThatRaises, add_up, add_up_wrong, get_user_name
from service.values import User
from tests.results import failure_of, result_of

USERS = {"karl": User("karl", "Karl")}


def test_a_database_that_raises_in_a_timer(clock: Clock) -> None:
    """A KeyError in a timer ends in the reactor, and ``"(unknown)"`` is never reached."""
    d = get_user_name(DatabaseThatRaises(USERS, clock), "jimbo")
    with pytest.raises(KeyError, match="jimbo"):
        clock.advance(1.5)
    clock.advance(3600)
    assert not d.called


def test_a_database_that_fires(clock: Clock) -> None:
    """An unknown user is ``"(unknown)"`` if the database fires with None."""
    d = get_user_name(DatabaseThatFires(USERS, clock), "jimbo")
    clock.advance(1.5)
    assert result_of(d) == "(unknown)"


@pytest.mark.parametrize("database", [DatabaseThatRaises, DatabaseThatFires])
def test_a_known_user(clock: Clock, database: type[DatabaseThatRaises | DatabaseThatFires]) -> None:
    """Both databases find a known user."""
    d = get_user_name(database(USERS, clock), "karl")
    clock.advance(1.5)
    assert result_of(d) == "Karl"


def test_nesting_without_bound() -> None:
    """Nested Deferreds end in a RecursionError; a loop does not."""
    assert result_of(add_up_wrong(20)) == 210
    failure_of(add_up_wrong(sys.getrecursionlimit()), RecursionError)
    assert result_of(Deferred.fromCoroutine(add_up(100_000))) == 5_000_050_000
