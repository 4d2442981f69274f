"""How many requests may be in progress: in all, and for each client."""

from collections import Counter
from typing import Protocol, Self

from attrs import define, field

from service.errors import Overloaded
from service.web.clients import Client
from service.web.paths import LASTING, UNLIMITED, as_routed


class Requester(Protocol):
    """What takes a place, for its ``client``: who that is may take time to find out."""

    @property
    def client(self) -> Client:
        """The client that the place is for."""


@define
class Budget:
    """Places for requests of one kind: ``limit`` in all, and for each client ``per_client``, if that is not None."""

    limit: int
    per_client: int | None = None
    _taken: int = field(default=0, init=False)
    _by_client: Counter[str] = field(factory=Counter, init=False)

    def take(self, requester: Requester) -> Self:
        """Take a place.

        :return: this budget, to give the place back to.
        :raise Overloaded: if none is left.
        """
        if self._taken >= self.limit:
            raise Overloaded("the server is busy; try again in 1 second")
        if self.per_client is not None and requester.client.is_one:
            address = requester.client.address
            if self._by_client[address] >= self.per_client:
                raise Overloaded(f"a client may have {self.per_client} streams and waits at a time: end one first")
            self._by_client[address] += 1
        self._taken += 1
        return self

    def give_back(self, requester: Requester) -> None:
        """Give a place back."""
        self._taken -= 1
        if self.per_client is not None and requester.client.is_one:
            address = requester.client.address
            self._by_client[address] -= 1
            if not self._by_client[address]:
                del self._by_client[address]


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
        """Return the budget that a request takes a place of, None for what takes none."""
        path = as_routed(path)
        if path in UNLIMITED or method == b"OPTIONS":
            return None
        return self.lasting if method == b"GET" and path in LASTING else self.requests
