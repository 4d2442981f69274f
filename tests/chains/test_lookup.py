"""``parallel_lookup``: several users, whose failures are reported one by one."""

from collections.abc import Callable

import pytest
from twisted.internet.defer import CancelledError, Deferred
from twisted.internet.task import Clock

from fakes.database import FakeUserDatabase
from fakes.injector import FakeBugError, FaultInjector
from service.chains.lookup import Lookup
from service.chains.users import Users
from service.errors import BackendError, NoSuchUser, TimedOut
from service.values import User
from tests.results import failure_of, outcomes_of, result_of


@pytest.fixture
def users(clock: Clock) -> Users:
    return Users(FakeUserDatabase(FaultInjector(clock=clock, backend="user database")))


@pytest.fixture
def lookup(users: Users, clock: Clock) -> Lookup:
    return Lookup(get_user=users.get_user, clock=clock, deadline=4, at_once=3)


def test_users_by_name_in_the_order_asked(lookup: Lookup, clock: Clock) -> None:
    """The result is a dictionary from username to user, in the order given."""
    d = lookup.parallel_lookup(["karl", "dustin"])
    clock.advance(0)
    users = result_of(d)
    assert list(users.items()) == [("karl", User("karl", "Karl")), ("dustin", User("dustin", "Dustin"))]
    assert users.failures == {}


def test_nobody_asked_for(lookup: Lookup) -> None:
    """Without usernames the result is an empty dictionary, immediately."""
    assert result_of(lookup.parallel_lookup([])) == {}


@pytest.mark.parametrize(
    ("asked", "error"),
    [
        ("jimbo", NoSuchUser),
        ("karl~down", BackendError),
        ("karl~raise", FakeBugError),
        ("karl~malformed", BackendError),
        ("karl~hang", TimedOut),
    ],
)
def test_one_user_that_fails(lookup: Lookup, clock: Clock, asked: str, error: type[Exception]) -> None:
    """A failed lookup is None, with its reason in ``failures``, and does not affect the others."""
    d = lookup.parallel_lookup([asked, "dustin"])
    clock.pump([0, 0, 4])
    users = result_of(d)
    assert users == {asked: None, "dustin": User("dustin", "Dustin")}
    assert list(users.failures) == [asked]
    assert users.failures[asked].check(error)


def counting(get_user: Callable[[str], Deferred[User]], asked: list[str]) -> Callable[[str, object], Deferred[User]]:
    """Record each username that is looked up."""

    def get_user_and_note(username: str, _: object) -> Deferred[User]:
        asked.append(username)
        return get_user(username)

    return get_user_and_note


def test_a_name_given_twice_is_asked_for_once(users: Users, clock: Clock) -> None:
    """A duplicate username is looked up only once."""
    asked: list[str] = []
    lookup = Lookup(get_user=counting(users.get_user, asked), clock=clock, deadline=4)
    d = lookup.parallel_lookup(["dustin", "karl", "dustin"])
    clock.advance(0)
    users_by_name = result_of(d)
    assert list(users_by_name) == ["dustin", "karl"]
    assert asked == ["dustin", "karl"]


def test_no_more_at_once_than_allowed(users: Users, clock: Clock) -> None:
    """A lookup is queued while ``at_once`` others are in progress."""
    asked: list[str] = []
    lookup = Lookup(get_user=counting(users.get_user, asked), clock=clock, deadline=4, at_once=2)
    d = lookup.parallel_lookup([f"dustin~slow={seconds}" for seconds in (1, 1.5, 1.2)])
    assert len(asked) == 2
    clock.advance(1)
    assert len(asked) == 3
    clock.advance(2)
    result_of(d)


def test_the_whole_ends_at_the_deadline_however_many_hang(lookup: Lookup, clock: Clock) -> None:
    """The deadline also applies to lookups in the queue."""
    names = [f"dustin~hang~slow={number}" for number in range(100)]
    d = lookup.parallel_lookup(names)
    clock.advance(3.9)
    assert outcomes_of(d) == []
    clock.advance(0.1)
    assert clock.getDelayedCalls() == []


def test_cancelling_cancels_every_member(lookup: Lookup, clock: Clock) -> None:
    """A cancelled lookup fails, although a cancelled DeferredList fires, and leaves no timer."""
    d = lookup.parallel_lookup(["dustin~slow=3", "karl~hang", "amber", "zoë"])
    clock.advance(0)
    d.cancel()
    failure_of(d, CancelledError)
    assert clock.getDelayedCalls() == []
