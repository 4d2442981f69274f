"""A fetcher and the server that it fetches from, with a fake clock."""

from typing import Any

from twisted.internet.defer import Deferred
from twisted.internet.task import Clock

from service.values import Page
from tests.backends.pages.webserver import (
    HTML,
    LOOPBACK,
    OK,
    TITLE,
    Connection,
    Names,
    Server,
    TimedReactor,
    all_of_it,
    make_fetcher,
    say,
)
from tests.client import Turns, until


class Web:
    """A server on a free port, and a fetcher that resolves every host to it."""

    def __init__(self, reactor: Any) -> None:
        self.reactor = reactor
        self.clock = Clock()
        self.server = Server(say(OK, HTML, b"Content-Length: 16", body=TITLE))
        self.port = 0

    async def start(self) -> "Web":
        self.port = await self.server.listen(self.reactor)
        timed = TimedReactor(self.reactor, self.clock)
        self.fetcher = make_fetcher(timed, Names([[LOOPBACK]]), "127.0.0.0/8", [self.port])
        return self

    def url(self, path: str = "/", host: str = "page.example") -> str:
        return f"http://{host}:{self.port}{path}"

    def fetch(self, path: str = "/", need: Any = all_of_it, host: str = "page.example") -> Deferred[Page]:
        return self.fetcher.fetch(self.url(path, host), need)

    async def until_asked(self, times: int = 1) -> Connection:
        """Wait until the server has the request, and its response has arrived."""
        await until(self.reactor, lambda: len(self.server.connections) >= times)
        connection = self.server.connections[times - 1]
        await until(self.reactor, lambda: connection.answered)
        await until(self.reactor, Turns(10))
        return connection

    async def stop(self) -> None:
        """Check that every connection is closed, and no timer is left."""
        for connection in self.server.connections:
            await connection.closed
        await self.server.port.stopListening()
        assert self.clock.getDelayedCalls() == []
