"""``get_user`` and ``get_user_name``: examples 1 and 2 of the slides."""

import pytest
from twisted.internet.task import Clock

from fakes.database import FakeUserDatabase
from fakes.injector import FakeBugError, FaultInjector
from service.chains.users import Users
from service.errors import BackendError, NoSuchUser
from service.values import User
from tests.results import failure_of, result_of


@pytest.fixture
def users(clock: Clock) -> Users:
    return Users(FakeUserDatabase(FaultInjector(clock=clock, backend="user database")))


def test_a_known_user(users: Users, clock: Clock) -> None:
    """A known username fires with the user."""
    d = users.get_user("dustin")
    clock.advance(0)
    assert result_of(d) == User("dustin", "Dustin")


def test_an_unknown_user(users: Users, clock: Clock) -> None:
    """None from the database becomes a failure that names the user."""
    d = users.get_user("jimbo")
    clock.advance(0)
    assert failure_of(d, NoSuchUser).error == "no such user: jimbo"


@pytest.mark.parametrize(("asked", "name"), [("karl", "Karl"), ("jimbo", "(unknown)")])
def test_the_name_of_a_user(users: Users, clock: Clock, asked: str, name: str) -> None:
    """The display name of an unknown user is ``(unknown)``."""
    d = users.get_user_name(asked)
    clock.advance(0)
    assert result_of(d) == name


@pytest.mark.parametrize("fault", ["down", "malformed"])
def test_a_database_that_fails_is_no_unknown_user(users: Users, clock: Clock, fault: str) -> None:
    """Failures other than an unknown user are passed on."""
    d = users.get_user_name(f"dustin~{fault}")
    clock.advance(0)
    failure_of(d, BackendError)


def test_a_database_that_raises(users: Users) -> None:
    """An exception that the method raises is a failure of the chain."""
    failure_of(users.get_user("dustin~raise"), FakeBugError)
