"""The last requests, for tests to look at; those for guarded paths, by which tests do so, are left out."""

from collections import deque
from collections.abc import Callable
from typing import Any

from attrs import define, field
from twisted.internet.defer import Deferred

from service.errors import ClientGone
from service.web.paths import is_guarded

#: Maximum number of requests that are remembered.
MAX_KEPT = 1000


@define(eq=False)
class Entry:
    """A request: its ``status``, and how many ``seconds`` it took, are None until it has ended."""

    request_id: str
    method: str
    path: str
    query: str
    status: int | None = None
    seconds: float | None = None

    def to_json(self) -> dict[str, Any]:
        """Shape the entry for JSON."""
        return {name: getattr(self, name) for name in self.__slots__ if not name.startswith("_")}


@define(eq=False)
class Journal:
    """The last requests, in the order in which they have arrived; ``others`` are to forget with it."""

    others: list[Callable[[], object]] = field(factory=list)
    entries: deque[Entry] = field(factory=lambda: deque(maxlen=MAX_KEPT), init=False)
    #: Ids of the requests that were answered last, and the number of all that ever were.
    answered: deque[str] = field(factory=lambda: deque(maxlen=MAX_KEPT), init=False)
    count_answered: int = field(default=0, init=False)
    #: Requests that have not ended, those that were forgotten included.
    in_flight: int = field(default=0, init=False)
    _waiters: list[tuple[int, Deferred[None]]] = field(factory=list, init=False)

    def began(self, request: Any, request_id: str) -> Entry | None:
        """Take note of a request that has arrived; return its entry, or None if it is left out."""
        if is_guarded(request.path):
            return None
        path, _, query = request.uri.decode("latin-1").partition("?")
        entry = Entry(request_id, request.method.decode("latin-1"), path, query)
        self.entries.append(entry)
        self.in_flight += 1
        if self._waiters:
            self._tell()
        return entry

    def ended(self, entry: Entry, status: int, seconds: float) -> None:
        """Take note of the end of a request."""
        entry.status, entry.seconds = status, seconds
        self.in_flight -= 1
        if status != ClientGone.status:
            self.answered.append(entry.request_id)
            self.count_answered += 1

    def answered_since(self, count: int) -> list[str]:
        """Return the ids of the requests that were answered after the first ``count``, in that order."""
        new = self.count_answered - count
        return list(self.answered)[-new:] if new else []

    def forget(self) -> int:
        """Forget all requests until now; return how many."""
        forgotten = len(self.entries)
        self.entries.clear()
        for forget in self.others:
            forget()
        return forgotten

    def when_in_flight(self, count: int) -> Deferred[None]:
        """Wait until at least ``count`` requests are in flight.

        :return: a Deferred that fires with None; it can be cancelled.
        """
        d: Deferred[None] = Deferred(self._forget_waiter)
        self._waiters.append((count, d))
        self._tell()
        return d

    def _forget_waiter(self, d: Deferred[None]) -> None:
        self._waiters = [(count, waiter) for count, waiter in self._waiters if waiter is not d]

    def _tell(self) -> None:
        waiters, self._waiters = self._waiters, []
        for count, d in waiters:
            if count <= self.in_flight:
                d.callback(None)
            else:
                self._waiters.append((count, d))
