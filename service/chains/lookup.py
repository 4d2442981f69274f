"""Several people at once: ``parallel_lookup`` of the slides, which no single user can make fail."""

from collections.abc import Callable, Iterable
from typing import Any

from attrs import frozen
from twisted.internet.defer import CancelledError, Deferred, DeferredList, DeferredSemaphore
from twisted.internet.interfaces import IReactorTime
from twisted.python.failure import Failure

from service.errors import TimedOut
from service.values import User


class UsersByName(dict[str, User | None]):
    """The slides' dictionary, None for who could not be looked up; ``failures`` says why, by username."""

    def __init__(self) -> None:
        super().__init__()
        self.failures: dict[str, Failure] = {}


@frozen(kw_only=True)
class Lookup:
    """Look up many with a chain that looks up one.

    ``deadline`` is in seconds and counts for every user from the start of the whole, so that the whole ends
    then too; ``at_once`` bounds how many are asked for at the same time.
    """

    get_user: Callable[[str], Deferred[User]]
    clock: IReactorTime
    deadline: float
    at_once: int = 10

    def parallel_lookup(self, usernames: Iterable[str]) -> Deferred[UsersByName]:
        """Look up all of them side by side, each name once.

        :return: a Deferred that fires with ``{username: user, or None}``, in the order asked and ``{}`` for no
            names; why a user is None stands in its ``failures``: what ``get_user`` failed with, or ``TimedOut``.
            It fails with ``CancelledError`` alone.
        """
        names = list(dict.fromkeys(usernames))
        places = DeferredSemaphore(self.at_once)
        members = [self._look_up(name, places) for name in names]
        # consumeErrors: each failure is in the joined result, and is not to be reported as unhandled too.
        d: Deferred[Any] = DeferredList(members, consumeErrors=True)
        return d.addCallback(as_users_by_name, names)

    def _look_up(self, username: str, places: DeferredSemaphore) -> Deferred[User]:
        d: Deferred[User] = places.run(self.get_user, username)
        return d.addTimeout(self.deadline, self.clock, as_timed_out)


def as_timed_out(_: User | Failure, seconds: float) -> Failure:
    """Put ``TimedOut`` in the place of whatever the cancelled step ended with."""
    return Failure(TimedOut(seconds))


def as_users_by_name(outcomes: list[tuple[bool, User | Failure]], names: list[str]) -> UsersByName:
    """Join the outcomes of a ``DeferredList`` with the names they belong to.

    :raise CancelledError: if a member was cancelled: cancelling a ``DeferredList`` cancels its members, and
        fires with a result all the same.
    """
    users = UsersByName()
    for name, (_, outcome) in zip(names, outcomes, strict=True):
        if not isinstance(outcome, Failure):
            users[name] = outcome
            continue
        if outcome.check(CancelledError):
            raise CancelledError
        users[name] = None
        users.failures[name] = outcome
    return users
