"""The slides' utilities ``DeferredList`` and ``callLater``, each mistake next to its fix.

In each pair ``..._wrong`` is the slides' own, bug for bug, and the other function is the fix in the same nested style;
a clock replaces the reactor. ``service.chains`` has versions without nesting that can also be cancelled.
"""

from collections.abc import Callable
from typing import Any

from twisted.internet import defer
from twisted.internet.defer import Deferred, DeferredList
from twisted.internet.interfaces import IReactorTime


def parallel_lookup_wrong(get_user_info: Callable[[str], Deferred[Any]], usernames: list[str]) -> Deferred[Any]:
    """Write ``results`` for ``result``: every user gets the second one's outcome, and a single user an IndexError."""
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
    """Start a lookup for each username and join them; a failed lookup is None."""
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
    """Run ``from twisted.python import defer``, as on two slides: an ImportError, since that module does not exist."""
    from twisted.python import defer  # type: ignore[attr-defined]  # noqa: F401  that is the mistake


def import_defer() -> Any:
    """Import ``defer`` from ``twisted.internet``."""
    from twisted.internet import defer

    return defer


def count_down_wrong(n: int, _: IReactorTime, tick: Callable[[int], object]) -> Deferred[None]:
    """Call ``defer.callLater``, which does not exist: an AttributeError after the first tick, except from 0."""
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
    """Call ``callLater`` on the reactor: it takes a callable and returns no Deferred."""
    d: Deferred[None] = defer.Deferred()

    def count(n: int) -> None:
        tick(n)
        if n > 0:
            clock.callLater(1, count, n - 1)
        else:
            d.callback(None)

    count(n)
    return d
