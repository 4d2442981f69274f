"""Parallel lookup of several users, as on the slides; a user that fails does not fail the whole."""

from collections.abc import Callable, Iterable
from typing import Any

from attrs import frozen
from twisted.internet.defer import CancelledError, Deferred, DeferredList, DeferredSemaphore
from twisted.internet.interfaces import IReactorTime
from twisted.python.failure import Failure

from service.errors import or_time_out
from service.tracing import Caller
from service.values import User


class UsersByName(dict[str, User | None]):
    """The slides' dictionary, with None for a failed lookup; ``failures`` maps those usernames to the reasons."""

    def __init__(self) -> None:
        super().__init__()
        self.failures: dict[str, Failure] = {}


@frozen(kw_only=True)
class Lookup:
    """A parallel lookup, made from the chain that looks up one user.

    ``deadline`` is in seconds from the start, also for lookups still in the queue, so that it bounds the whole;
    ``at_once`` is the concurrency limit.
    """

    get_user: Callable[[str, Caller | None], Deferred[User]]
    clock: IReactorTime
    deadline: float
    at_once: int = 10

    def parallel_lookup(self, usernames: Iterable[str], caller: Caller | None = None) -> Deferred[UsersByName]:
        """Look up users in parallel, each username once, for a ``caller``.

        :return: a Deferred that fires with ``{username: user, or None}`` in the order given (``{}`` for no names).
            For each None, ``failures`` has the reason: what ``get_user`` failed with, or ``TimedOut``. It fails
            only with ``CancelledError``.
        """
        names = list(dict.fromkeys(usernames))
        places = DeferredSemaphore(self.at_once)
        members = [self._look_up(name, caller, places) for name in names]
        # consumeErrors: each failure is in the joined result, and must not be reported as unhandled too.
        d: Deferred[Any] = DeferredList(members, consumeErrors=True)
        return d.addCallback(as_users_by_name, names)

    def _look_up(self, username: str, caller: Caller | None, places: DeferredSemaphore) -> Deferred[User]:
        d: Deferred[User] = places.run(self.get_user, username, caller)
        return d.addTimeout(self.deadline, self.clock, or_time_out)


def as_users_by_name(outcomes: list[tuple[bool, User | Failure]], names: list[str]) -> UsersByName:
    """Combine usernames and the outcomes of a ``DeferredList``.

    :raise CancelledError: if a member was cancelled: a ``DeferredList`` that is cancelled cancels its members but
        still fires with a result.
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
