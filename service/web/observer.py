"""What is told about the chains behind responses."""

from typing import Any

from twisted.internet.defer import Deferred


class Observer:
    """An observer of the chains behind responses; this one ignores them."""

    def began(self, request: Any, chain: Deferred[Any]) -> None:
        """Take note of the Deferred that makes a response, before anything is added to it."""

    def ended(self, request: Any, status: int) -> None:
        """Take note of the status with which a request has ended."""
