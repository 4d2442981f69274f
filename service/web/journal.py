"""The last requests, for tests to look at; those for guarded paths, by which tests do so, are left out."""

from collections import deque
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from attrs import define, field
from twisted.internet.defer import Deferred

from service.errors import ClientGone
from service.web.paths import GUARDED, is_guarded

#: Maximum number of requests that are remembered.
MAX_KEPT = 1000
#: How a path begins that may be guarded: nearly all requests need no other look.
_SUSPECT = (b"//", *(b"/" + segment for segment in GUARDED))
_PERCENT = ord("%")


class Entry(NamedTuple):
    """A request, by the ``number`` of its arrival; ``status`` and ``seconds`` are None until it has ended."""

    number: int
    request_id: str
    method: bytes
    uri: bytes
    status: int | None = None
    seconds: float | None = None

    def to_json(self) -> dict[str, Any]:
        """Shape the entry for JSON."""
        path, _, query = self.uri.decode("latin-1").partition("?")
        return {
            "request_id": self.request_id,
            "method": self.method.decode("latin-1"),
            "path": path,
            "query": query,
            "status": self.status,
            "seconds": self.seconds,
        }


@define(eq=False)
class Journal:
    """The last requests; ``pending`` lists those that have not ended, and ``others`` are to forget with it."""

    pending: Callable[[], Iterable[Entry]]
    others: list[Callable[[], object]] = field(factory=list)
    #: Those that have ended, in this order, and the number of all that ever did.
    _ended: deque[tuple[Any, ...]] = field(factory=lambda: deque(maxlen=MAX_KEPT), init=False)
    count_ended: int = field(default=0, init=False)
    #: The number of the last request that is forgotten, and of the last that has arrived.
    _forgotten: int = field(default=0, init=False)
    _last: int = field(default=0, init=False)
    _waiters: list[tuple[int, Deferred[None]]] = field(factory=list, init=False)

    def began(self, exchange: Any) -> None:
        """Take note of a request that has arrived: its exchange gets a number."""
        self._last = exchange.number = self._last + 1
        if self._waiters:
            self._tell()

    def ended(self, exchange: Any, request: Any, status: int, seconds: float) -> None:
        """Take note of the end of a request."""
        path = request.path
        if (path.startswith(_SUSPECT) or _PERCENT in path) and is_guarded(path):
            return
        self._ended.append((exchange.number, exchange.id, request.method, request.uri, status, seconds))
        self.count_ended += 1

    def entries(self) -> list[Entry]:
        """Return the last requests, in the order in which they have arrived."""
        known = [
            entry for entry in (*map(Entry._make, self._ended), *self._in_progress()) if entry.number > self._forgotten
        ]
        return sorted(known)[-MAX_KEPT:]

    def answered_since(self, count: int) -> list[str]:
        """Return the ids of the requests that were answered after the first ``count`` had ended, in that order."""
        new = self.count_ended - count
        last = map(Entry._make, list(self._ended)[-new:] if new else ())
        return [entry.request_id for entry in last if entry.status != ClientGone.status]

    def forget(self) -> int:
        """Forget all requests until now; return how many."""
        forgotten = len(self.entries())
        self._forgotten = self._last
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

    def _in_progress(self) -> list[Entry]:
        return [entry for entry in self.pending() if not is_guarded(entry.uri.partition(b"?")[0])]

    def _forget_waiter(self, d: Deferred[None]) -> None:
        self._waiters = [(count, waiter) for count, waiter in self._waiters if waiter is not d]

    def _tell(self) -> None:
        in_flight = len(self._in_progress())
        waiters, self._waiters = self._waiters, []
        for count, d in waiters:
            if count <= in_flight:
                d.callback(None)
            else:
                self._waiters.append((count, d))
