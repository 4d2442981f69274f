"""A request and its response, on a connection that carries nothing else.

Twisted's own client parser refuses much of what browsers read, in methods that are private.
"""

from collections.abc import Callable
from typing import Any, Protocol as Shape

from twisted.internet.defer import Deferred
from twisted.internet.protocol import Protocol, connectionDone
from twisted.python.failure import Failure

from service.backends.pages.response import HeadReader, ResponseHead
from service.errors import BadResponse


class Receiver(Shape):
    """What takes the body of a response: the rest of the connection."""

    def feed(self, data: bytes) -> None:
        """Take the next bytes."""

    def end(self) -> None:
        """Take the end of the connection."""


class Exchange(Protocol):
    """A connection that sends ``request``, if it leads to an address that ``admits`` accepts.

    ``head`` fires with the ``ResponseHead``; or fails with ``BadResponse`` if it is malformed or too large, or with the
    reason if the connection is lost first. Its callback hands the rest to a receiver, or aborts.
    """

    transport: Any

    def __init__(self, request: bytes, admits: Callable[[Any], bool]) -> None:
        self.head: Deferred[ResponseHead] = Deferred(lambda _: self.abort())
        self._request = request
        self._admits = admits
        self._heads = HeadReader()
        self._receiver: Receiver | None = None
        self._over = False

    def connectionMade(self) -> None:
        """Send the request."""
        if self._admits(self.transport.getPeer()):
            self.transport.write(self._request)
        else:
            self.abort()

    def dataReceived(self, data: bytes) -> None:
        """Read the head, and pass the rest on."""
        if self._over:
            return
        if self._receiver is not None:
            self._receiver.feed(data)
            return
        try:
            head = self._heads.feed(data)
        except BadResponse as error:
            self.abort()
            self.head.errback(error)
            return
        if head is not None:
            self.head.callback(head)

    def hand_to(self, receiver: Receiver) -> None:
        """Pass the body on to a receiver."""
        self._receiver = receiver
        receiver.feed(bytes(self._heads.rest))

    def abort(self) -> None:
        """Close the connection immediately; bytes that have already arrived are dropped."""
        if not self._over:
            self._over = True
            self.transport.abortConnection()

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        """Pass the end of the connection to the receiver, or fail ``head`` with the reason."""
        self._over = True
        if self._receiver is not None:
            self._receiver.end()
        elif not self.head.called:
            self.head.errback(reason)
