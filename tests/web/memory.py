"""The whole application in memory: fakes behind it, treq in front of it, and a clock that the test moves."""

import json
from pathlib import Path
from typing import Any

from attrs import frozen
from treq.testing import StubTreq
from twisted.internet.defer import Deferred
from twisted.internet.task import Clock
from twisted.internet.testing import StringTransportWithDisconnection
from twisted.web.http_headers import Headers
from twisted.web.server import Site

from service.composition import compose_application
from service.config import Settings
from tests.results import result_of

#: A folder in which nothing ever arrives.
NOWHERE = Path("/nowhere")
DEFAULTS: dict[str, Any] = {
    "listen": "tcp:0",
    "database": "fake:",
    "im": "fake:",
    "pages": "fake:",
    "watch": None,
    "deadline": 5.0,
    "wait": 30.0,
    "linger": 0.0,
    "grace": 8.0,
    "log_format": "json",
}


@frozen
class Answer:
    """What the browser got."""

    status: int
    headers: Headers
    text: bytes
    length: int

    @property
    def json(self) -> Any:
        """The body."""
        return json.loads(self.text)

    def header(self, name: str) -> str | None:
        """The value of a header that stands there once."""
        values = self.headers.getRawHeaders(name, [])
        assert len(values) <= 1
        return values[0] if values else None


class Web:
    """Sends requests to an application."""

    def __init__(self, watch: Path = NOWHERE, **settings: Any) -> None:
        self.clock = Clock()
        self.application = compose_application(Settings(**DEFAULTS | settings), self.clock, watch)
        self.treq: Any = StubTreq(self.application.resource())

    def send(self, path: str, method: str = "GET", **options: Any) -> Deferred[Any]:
        """Send a request and let it run until it waits for time to pass."""
        d: Deferred[Any] = self.treq.request(method, f"http://localhost{path}", **options)
        self.advance(0)
        return d

    def advance(self, seconds: float) -> None:
        """Let time pass, and what was written arrive."""
        self.treq.flush()
        self.clock.advance(seconds)
        self.treq.flush()

    def raw(self, request: bytes) -> bytes:
        """Send bytes, and read the bytes that come back."""
        channel = Site(self.application.resource(), reactor=self.clock).buildProtocol(None)
        transport = StringTransportWithDisconnection()
        transport.protocol = channel
        channel.makeConnection(transport)
        channel.dataReceived(request)
        self.clock.advance(0)
        received: bytes = transport.value()
        transport.loseConnection()
        return received

    def answer(self, d: Deferred[Any]) -> Answer:
        """Read the answer that has arrived."""
        response = result_of(d)
        return Answer(response.code, response.headers, result_of(self.treq.content(response)), response.length)

    def get(self, path: str, after: float = 0, method: str = "GET", **options: Any) -> Answer:
        """Send a request, and read the answer that arrives when time has passed."""
        d = self.send(path, method, **options)
        self.advance(after)
        return self.answer(d)
