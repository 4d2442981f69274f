"""Deferreds that never fire and Deferreds that nest without bound, each mistake next to its fix."""

from collections.abc import Mapping
from typing import Any

from attrs import frozen
from twisted.internet import defer
from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IReactorTime

from service.values import User


@frozen
class DatabaseThatRaises:
    """The slides' fake database, which looks users up in a timer: a KeyError ends in the reactor."""

    users: Mapping[str, User]
    clock: IReactorTime

    def get_user(self, user: str) -> Deferred[Any]:
        """Raise in the timer for an unknown user: the Deferred never fires, so ``"(unknown)"`` is never reached."""
        d: Deferred[Any] = defer.Deferred()

        def result_ready() -> None:
            u = self.users[user]
            d.callback(u)

        self.clock.callLater(1.5, result_ready)
        return d


@frozen
class DatabaseThatFires:
    """A fake database that fires with None for an unknown user, as ``IUserDatabase`` promises."""

    users: Mapping[str, User]
    clock: IReactorTime

    def get_user(self, user: str) -> Deferred[Any]:
        """Fire in the timer, with None for an unknown user."""
        d: Deferred[Any] = defer.Deferred()

        def result_ready() -> None:
            d.callback(self.users.get(user))

        self.clock.callLater(1.5, result_ready)
        return d


def get_user_name(mydb: DatabaseThatRaises | DatabaseThatFires, user: str) -> Deferred[str]:
    """Look up a name, as in example 2 of the slides: ``"(unknown)"`` if the database fires with None."""
    d = mydb.get_user(user)

    def extract_name(res: User | None) -> str:
        if res:
            return res.name
        return "(unknown)"

    d.addCallback(extract_name)
    return d


def add_up_wrong(n: int) -> Deferred[int]:
    """Nest Deferreds without bound, like recursion, up to a RecursionError; a picture has the first eight levels."""

    def cb(left: int) -> int | Deferred[int]:
        if left == 0:
            return 0
        return add_up_wrong(left - 1).addCallback(lambda total: total + left)

    return defer.succeed(n).addCallback(cb)


async def add_up(n: int) -> int:
    """Use a loop, whose stack does not grow; with ``await`` it also reads like one."""
    total = 0
    for left in range(n, 0, -1):
        total += await defer.succeed(left)
    return total
