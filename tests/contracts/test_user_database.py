"""The contract of ``IUserDatabase``, for every implementation."""

import pytest
from pytest_twisted import ensureDeferred
from twisted.internet.defer import CancelledError, gatherResults
from zope.interface.verify import verifyObject

from service.interfaces import IUserDatabase
from service.values import User

HOSTILE = [
    "",
    " ",
    "Dustin",
    "dustin ",
    "dustin'; DROP TABLE users; --",
    "%",
    "_",
    "\\",
    "' OR ''='",
    "𝕕ustin",
    "x" * 9999,
    "dustin\0",
]


def test_the_interface(user_database: IUserDatabase) -> None:
    """It provides the whole interface."""
    verifyObject(IUserDatabase, user_database)


@ensureDeferred
async def test_it_can_be_reached(user_database: IUserDatabase) -> None:
    """A ping of a database that is up succeeds."""
    assert await gatherResults([user_database.ping()]) == [None]


@ensureDeferred
@pytest.mark.parametrize(("username", "name"), [("dustin", "Dustin"), ("zoë", "Zoë Δ")])
async def test_a_known_user(user_database: IUserDatabase, username: str, name: str) -> None:
    """A user is found by username, in any script."""
    assert await user_database.get_user(username) == User(username, name)


@ensureDeferred
@pytest.mark.parametrize("username", ["jimbo", *HOSTILE])
async def test_an_unknown_user(user_database: IUserDatabase, username: str) -> None:
    """An unknown username gives None; only the exact username matches."""
    assert await user_database.get_user(username) is None


@ensureDeferred
async def test_fifty_at_once(user_database: IUserDatabase) -> None:
    """Concurrent look-ups do not interfere with each other."""
    users = await gatherResults([user_database.get_user(name) for name in ["dustin", "jimbo"] * 25])
    assert users == [User("dustin", "Dustin"), None] * 25


@ensureDeferred
async def test_cancelling(user_database: IUserDatabase) -> None:
    """A cancelled look-up fails with CancelledError and does not affect the next one."""
    d = user_database.get_user("dustin")
    d.cancel()
    with pytest.raises(CancelledError):
        await d
    assert await user_database.get_user("dustin") == User("dustin", "Dustin")
