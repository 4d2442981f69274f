"""The same server with Twisted's ``LineReceiver``: ``python -m service.lessons.from_scratch.line_receiver``.

Twisted has the loop, the sockets and the lines. A slow query is a Deferred here, so ``sleep`` keeps no other client
waiting.
"""

from typing import Any

from twisted.internet.defer import CancelledError, Deferred, succeed
from twisted.internet.interfaces import IReactorTime
from twisted.internet.protocol import Factory, connectionDone
from twisted.internet.task import deferLater, react
from twisted.protocols.basic import LineReceiver
from twisted.python.failure import Failure

from service.lessons.from_scratch.select_loop import NAMES


class Names(LineReceiver):
    """One connection: each line is a username, and gets a name, in the order of the lines."""

    def __init__(self, clock: IReactorTime) -> None:
        self.clock = clock
        self.answers: Deferred[Any] = succeed(None)

    def lineReceived(self, line: bytes) -> None:
        """Once the lines before it are answered, look up the name, and send it."""
        self.answers.addCallback(lambda _: self.get_user_name(line))
        self.answers.addCallback(self.sendLine)

    def get_user_name(self, username: bytes) -> Deferred[bytes]:
        """Look up a name, which takes a second for ``sleep``."""
        name = NAMES.get(username, b"(unknown)")
        return deferLater(self.clock, 1, lambda: name) if username == b"sleep" else succeed(name)

    def connectionLost(self, reason: Failure = connectionDone) -> None:  # noqa: ARG002  Twisted's
        """Cancel the look-up that nobody waits for any more."""
        self.answers.addErrback(lambda f: f.trap(CancelledError))
        self.answers.cancel()


class NamesFactory(Factory):
    """Makes the protocol of each connection."""

    def __init__(self, clock: IReactorTime) -> None:
        self.clock = clock

    def buildProtocol(self, _: Any) -> Names:
        """See ``IProtocolFactory``."""
        return Names(self.clock)


def main(reactor: Any) -> Deferred[None]:
    """Listen, print the port, and run until the process is stopped."""
    port = reactor.listenTCP(0, NamesFactory(reactor), interface="127.0.0.1")
    print(port.getHost().port, flush=True)
    return Deferred()


if __name__ == "__main__":
    react(main)
