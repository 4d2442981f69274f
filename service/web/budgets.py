"""How many requests may be in progress: in all, and for each client."""

from collections import Counter
from typing import Self
from urllib.parse import unquote_to_bytes

from attrs import define, field

from service.errors import Overloaded
from service.web.clients import Client

#: Paths that take no place among what is limited, because they say whether the service is alive.
HEALTH = frozenset((b"/livez", b"/readyz"))
#: Paths of streams and waits, which last for as long as a client likes.
LASTING = frozenset((b"/countdown", b"/wait-for-file"))


@define
class Budget:
    """Places for requests of one kind: ``limit`` in all, and for each client ``per_client``, if that is not None."""

    limit: int
    per_client: int | None = None
    _taken: int = field(default=0, init=False)
    _by_client: Counter[str] = field(factory=Counter, init=False)

    def take(self, client: Client) -> Self:
        """Take a place for a client.

        :return: this budget, to give the place back to.
        :raise Overloaded: if none is left.
        """
        if self._taken >= self.limit:
            raise Overloaded("the server is busy; try again in 1 second")
        if self.per_client is not None and client.is_one:
            if self._by_client[client.address] >= self.per_client:
                raise Overloaded(f"a client may have {self.per_client} streams and waits at a time: end one first")
            self._by_client[client.address] += 1
        self._taken += 1
        return self

    def give_back(self, client: Client) -> None:
        """Give the place of a client back."""
        self._taken -= 1
        if self.per_client is not None and client.is_one:
            self._by_client[client.address] -= 1
            if not self._by_client[client.address]:
                del self._by_client[client.address]


@define
class Budgets:
    """The budgets of a process: one for ``requests``, and one for what is ``lasting``."""

    requests: Budget
    lasting: Budget

    @classmethod
    def of(cls, requests: int, streams: int, streams_per_client: int) -> Self:
        """Make budgets of these sizes."""
        return cls(Budget(requests), Budget(streams, streams_per_client))

    def budget_for(self, method: bytes, path: bytes) -> Budget | None:
        """Return the budget that a request takes a place of, None for a check of health."""
        if b"%" in path or path.startswith(b"//"):  # as the router reads it
            path = b"/" + unquote_to_bytes(path).lstrip(b"/")
        if path in HEALTH:
            return None
        return self.lasting if method == b"GET" and path in LASTING else self.requests
