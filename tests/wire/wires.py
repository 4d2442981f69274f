"""An HTTP connection in memory: tests send bytes in any pieces, and get parsed responses."""

import json
from typing import Any
from urllib.parse import unquote_to_bytes

from attrs import frozen
from klein import Klein
from twisted.internet.defer import Deferred, maybeDeferred
from twisted.internet.task import Clock
from twisted.python.failure import Failure
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from service.wire.channel import HTTPChannel
from service.wire.errors import ProtocolError
from service.wire.factory import HTTPFactory
from service.wire.limits import Limits
from service.wire.response import Response
from tests.transports import Transport


class Application:
    """A small application that echoes, waits, streams, and fails."""

    app = Klein()

    def __init__(self) -> None:
        self.waiting: list[Deferred[Any]] = []
        self.cancelled = 0
        self.requests: list[Any] = []

    def handle(self, request: Any) -> None:
        """Respond to a request, now or later; a client that disconnects cancels it."""
        gone = request.notifyFinish()
        d: Deferred[Any] = maybeDeferred(self.respond, request)
        d.addErrback(fail, request)
        d.addCallback(lambda body: request.finish(body or b""))
        gone.addErrback(lambda _: d.cancel())

    def respond(self, request: Any) -> Any:
        """Call the endpoint for a request."""
        if request.uri == b"*":
            return request.setResponseCode(204)
        path = unquote_to_bytes(request.path).decode()
        endpoint, arguments = self.app.url_map.bind("localhost").match(path, request.method.decode())
        return self.app.execute_endpoint(endpoint, request, **arguments)

    @app.route("/echo", methods=["GET", "POST"])
    def echo(self, request: Any) -> bytes:
        self.requests.append(request)
        request.setHeader(b"Content-Type", b"application/json")
        said = {
            "method": request.method.decode(),
            "uri": request.uri.decode("latin-1"),
            "host": request.getRequestHostname().decode("latin-1"),
        }
        body = json.dumps(said).encode()
        request.setHeader(b"Content-Length", b"%d" % len(body))
        return body

    @app.route("/wait")
    def wait(self, request: Any) -> Deferred[Any]:
        self.requests.append(request)
        d: Deferred[Any] = Deferred(self.cancel)
        self.waiting.append(d)
        return d

    @app.route("/stream")
    def stream(self, request: Any) -> Deferred[Any]:
        request.write(b"first")
        return self.wait(request)

    @app.route("/raise")
    def raise_(self, request: Any) -> None:
        raise LookupError

    def cancel(self, _: Deferred[Any]) -> None:
        self.cancelled += 1


def fail(failure: Failure, request: Any) -> bytes:
    """Turn any failure into a response in JSON."""
    error = failure.value
    if isinstance(error, UnicodeDecodeError):
        status = 400
    elif isinstance(error, HTTPException):
        status = error.code or 500
        if isinstance(error, MethodNotAllowed):
            request.setHeader(b"Allow", ", ".join(sorted(error.valid_methods or ())).encode())
    else:
        status = 500
    body = json.dumps({"status": status}).encode()
    request.setResponseCode(status)
    request.setHeader(b"Content-Type", b"application/problem+json")
    request.setHeader(b"Content-Length", b"%d" % len(body))
    return body


def refuse(error: ProtocolError, response: Response, *_: bytes) -> bytes:
    """Describe a refusal in JSON."""
    response.setHeader(b"Content-Type", b"application/problem+json")
    return json.dumps({"status": error.status, "code": error.code}).encode()


@frozen
class Answer:
    """A parsed response."""

    version: str
    status: int
    headers: dict[str, list[str]]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    def header(self, name: str) -> str | None:
        values = self.headers.get(name.lower(), [])
        assert len(values) <= 1, values
        return values[0] if values else None


class Wire:
    """A connection to the small application, on a fake clock."""

    def __init__(self, factory: HTTPFactory | None = None, **limits: Any) -> None:
        self.application = Application()
        self.factory = factory or HTTPFactory(
            clock=Clock(),
            handle=self.application.handle,
            refuse=refuse,
            limits=Limits(**limits),
            wall_clock=lambda: 784111777,
        )
        self.clock: Any = self.factory.clock
        self.transport: Any = Transport()
        self.channel: Any = HTTPChannel()
        self.channel.factory = self.factory
        self.transport.protocol = self.channel
        self.channel.makeConnection(self.transport)

    def send(self, *pieces: bytes) -> None:
        """Send bytes in these pieces, as long as the connection is open."""
        for piece in pieces:
            if self.transport.connected:
                self.channel.dataReceived(piece)

    def answers(self, *methods: str) -> list[Answer]:
        """Parse all responses so far; ``methods`` are those of the requests, then GET."""
        data, answers = self.transport.value(), []
        asked = list(methods)
        while data:
            method = asked.pop(0) if asked else "GET"
            head, empty, data = data.partition(b"\r\n\r\n")
            assert empty, head
            lines = head.decode("latin-1").split("\r\n")
            version, status, _ = lines[0].split(" ", 2)
            headers: dict[str, list[str]] = {}
            for line in lines[1:]:
                name, value = line.split(": ", 1)
                headers.setdefault(name.lower(), []).append(value)
            body, data = self._body(data, headers, int(status), method)
            answers.append(Answer(version, int(status), headers, body))
        return answers

    def _body(self, data: bytes, headers: dict[str, list[str]], status: int, method: str) -> tuple[bytes, bytes]:
        if method == "HEAD" or status in (204, 304) or status < 200:
            return b"", data
        if "content-length" in headers:
            length = int(headers["content-length"][0])
            assert len(data) >= length
            return data[:length], data[length:]
        if "transfer-encoding" not in headers:
            return data, b""
        whole, length = b"", 1
        while length:
            size, _, data = data.partition(b"\r\n")
            length = int(size, 16)
            whole, data = whole + data[:length], data[length + 2 :]
        return whole, data

    def ask(self, request: bytes, method: str = "GET") -> Answer:
        """Send one request, and return its one response."""
        self.send(request)
        [answer] = self.answers(method)
        return answer

    def leave(self) -> None:
        """Disconnect."""
        self.channel.abort()

    @property
    def open(self) -> bool:
        """Whether another request would get a response."""
        return self.transport.connected and not self.transport.write_closed and not self.transport.disconnecting
