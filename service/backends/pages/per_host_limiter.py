"""Concurrency limit, total and per host."""

from collections.abc import Callable
from typing import Any

from attrs import define, field
from twisted.internet.defer import Deferred, maybeDeferred

from service.errors import Overloaded


@define
class PerHostLimiter:
    """A limit of ``most`` concurrent operations, ``most_per_host`` of them with the same host."""

    most: int
    most_per_host: int
    _taken: dict[str, int] = field(factory=dict, init=False)

    def hold(self, host: str, work: Callable[[], Deferred[Any]]) -> Deferred[Any]:
        """Run an operation with a host if the limits allow it.

        :return: a Deferred that ends as the one of ``work`` does, also if ``work`` raises.
        :raise Overloaded: if a limit is reached.
        """
        if sum(self._taken.values()) >= self.most:
            raise Overloaded("too many pages are being fetched; try again")
        taken = self._taken.get(host, 0)
        if taken >= self.most_per_host:
            raise Overloaded("too many pages are being fetched from that host; try again")
        self._taken[host] = taken + 1
        return maybeDeferred(work).addBoth(self._leave, host)

    def _leave(self, result: Any, host: str) -> Any:
        self._taken[host] -= 1
        if not self._taken[host]:
            del self._taken[host]
        return result
