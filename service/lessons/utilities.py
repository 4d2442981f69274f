"""The slides' utilities ``DeferredList`` and ``callLater``: as they stand there, and as they work.

Of each pair ``..._wrong`` is the slides' own, bug for bug, and the other one its cure in the same nested style; a
clock stands in for their reactor. Without nesting they are in ``service.chains``, where they can be cancelled, too.
"""

from collections.abc import Callable
from typing import Any

from twisted.internet import defer
from twisted.internet.defer import Deferred, DeferredList
from twisted.internet.interfaces import IReactorTime


def parallel_lookup_wrong(get_user_info: Callable[[str], Deferred[Any]], usernames: list[str]) -> Deferred[Any]:
    """``results`` where ``result`` was meant: everybody gets the second one's outcome, and one alone an IndexError."""
    members = []
    for username in usernames:
        members.append(get_user_info(username))
    dl: Deferred[Any] = DeferredList(members, consumeErrors=True)

    def process(results: list[tuple[bool, Any]]) -> dict[str, Any]:
        rv: dict[str, Any] = {}
        for username, _result in zip(usernames, results, strict=True):
            rv[username] = results[1] if results[0] else None
        return rv

    dl.addCallback(process)
    return dl


def parallel_lookup(get_user_info: Callable[[str], Deferred[Any]], usernames: list[str]) -> Deferred[Any]:
    """Start a look-up for each, and join them: who could not be looked up is None."""
    members = []
    for username in usernames:
        members.append(get_user_info(username))
    dl: Deferred[Any] = DeferredList(members, consumeErrors=True)

    def process(results: list[tuple[bool, Any]]) -> dict[str, Any]:
        rv: dict[str, Any] = {}
        for username, result in zip(usernames, results, strict=True):
            rv[username] = result[1] if result[0] else None
        return rv

    dl.addCallback(process)
    return dl


def import_defer_wrong() -> None:
    """``from twisted.python import defer``, as on two slides, is an ImportError: there is no such module."""
    from twisted.python import defer  # type: ignore[attr-defined]  # noqa: F401  that is the mistake


def import_defer() -> Any:
    """``defer`` is in ``twisted.internet``."""
    from twisted.internet import defer

    return defer


def count_down_wrong(n: int, _: IReactorTime, tick: Callable[[int], object]) -> Deferred[None]:
    """``defer.callLater`` does not exist: after the first tick comes an AttributeError, except from 0."""
    d: Deferred[None] = defer.Deferred()

    def count(n: int) -> None:
        tick(n)
        if n > 0:
            defer.callLater(1, count, n - 1)  # type: ignore[attr-defined]  # that is the mistake
        else:
            d.callback(None)

    count(n)
    return d


def count_down(n: int, clock: IReactorTime, tick: Callable[[int], object]) -> Deferred[None]:
    """``callLater`` is a method of the reactor; it knows no Deferreds, and takes just a callable."""
    d: Deferred[None] = defer.Deferred()

    def count(n: int) -> None:
        tick(n)
        if n > 0:
            clock.callLater(1, count, n - 1)
        else:
            d.callback(None)

    count(n)
    return d
