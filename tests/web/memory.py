"""The whole service in memory: fakes behind it, its HTTP server and treq in front, and a clock that tests advance."""

import json
from pathlib import Path
from typing import Any

import treq
from attrs import define, field, frozen
from treq.client import HTTPClient
from twisted.internet.address import IPv4Address
from twisted.internet.defer import Deferred, succeed
from twisted.internet.interfaces import IStreamClientEndpoint
from twisted.internet.task import Clock
from twisted.test.iosim import FakeTransport, IOPump, connect
from twisted.web.client import Agent
from twisted.web.http_headers import Headers
from twisted.web.iweb import IAgentEndpointFactory
from zope.interface import implementer

from service.command.composition import compose_admission, make_backends
from service.command.controls import compose_clock, with_controls
from service.command.observation import Observation
from service.command.settings import Settings
from service.command.traffic import compose_connections, compose_in_flight
from service.web.access import Access
from service.web.auth.permissions import EVERYBODY, Permissions
from service.wire.factory import HTTPFactory
from service.wire.limits import Limits
from tests.results import result_of
from tests.transports import Transport

#: A folder in which no file ever arrives.
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
    "in_flight": 1000,
    "streams": 1000,
    "streams_per_client": 20,
    "trust_proxy": (),
    "allow_origin": (),
    "auth": None,
    "limits": Limits(),
    "processes": 1,
    "reactor": "auto",
    "inherit": None,
    "clock": "real",
    "admin": None,
    "metrics": "auto",
    "xray": "off",
    "stalls": 0.1,
    "access_log": "on",
    "log_format": "json",
    "log_usernames": False,
}


@frozen
class Answer:
    """The response that a browser got."""

    status: int
    headers: Headers
    text: bytes
    length: int

    @property
    def json(self) -> Any:
        """The body, decoded."""
        return json.loads(self.text)

    def header(self, name: str) -> str | None:
        """The value of a header, which must not be repeated; None if it is missing."""
        values = self.headers.getRawHeaders(name, [])
        assert len(values) <= 1
        return values[0] if values else None


@implementer(IStreamClientEndpoint)
@define(repr=False)  # the agent asks for it with each request
class InMemory:
    """An endpoint that connects to a server ``factory`` in memory; ``pumps`` carry the bytes."""

    factory: HTTPFactory
    pumps: list[IOPump] = field(factory=list)

    def connect(self, protocolFactory: Any) -> Deferred[Any]:
        """See ``IStreamClientEndpoint``."""
        server: Any = self.factory.buildProtocol(IPv4Address("TCP", "127.0.0.1", 49152))
        client = protocolFactory.buildProtocol(None)
        ends = (
            FakeTransport(server, isServer=True, peerAddress=IPv4Address("TCP", "127.0.0.1", 49152)),
            FakeTransport(client, isServer=False),
        )
        self.pumps.append(connect(server, ends[0], client, ends[1]))
        return succeed(client)

    def flush(self) -> None:
        """Deliver what was written."""
        for pump in self.pumps:
            pump.flush()
        self.pumps = [pump for pump in self.pumps if not pump.serverIO.disconnected]


@implementer(IAgentEndpointFactory)
class Web:
    """A client of a service, both in memory."""

    def __init__(self, watch: Path = NOWHERE, permissions: Permissions = EVERYBODY, **settings: Any) -> None:
        self.clock = Clock()
        chosen = Settings(**DEFAULTS | settings)
        self.accesses: list[Access] = []
        observation = Observation.of(chosen, self.clock)
        clock = compose_clock(chosen, self.clock)
        made = make_backends(chosen, clock)
        backends = observation.measured(made)
        self.in_flight = compose_in_flight(chosen, clock, self.accesses.append)
        self.admission = compose_admission(chosen, backends, self.in_flight, watch, permissions)
        self.in_flight.metrics, self.stalls = observation.metrics, observation.stalls
        self.admission = observation.observe(self.admission, chosen)
        self.admission = with_controls(self.admission, chosen, made, self.clock, watch)
        self.application: Any = self.admission.dispatcher.routes[0]
        self.connections = compose_connections(self.admission, chosen, self.clock)
        observation.measure(self.admission, backends, self.connections)
        self.endpoint = InMemory(self.connections)
        agent = Agent.usingEndpointFactory(self.clock, self)
        self.treq: Any = HTTPClient(agent)

    def endpointForURI(self, _: object) -> InMemory:
        """See ``IAgentEndpointFactory``."""
        return self.endpoint

    @property
    def access_log(self) -> list[str]:
        """The lines of the access log."""
        return [access.line for access in self.accesses]

    def send(self, path: str, method: str = "GET", **options: Any) -> Deferred[Any]:
        """Send a request and let it run until it waits for time to pass."""
        d: Deferred[Any] = self.treq.request(method, f"http://localhost{path}", **options)
        self.advance(0)
        return d

    def advance(self, seconds: float) -> None:
        """Advance the clock, and deliver what was written."""
        self.endpoint.flush()
        self.clock.advance(seconds)
        self.endpoint.flush()

    def open(self) -> Any:
        """Open a connection; return its transport, whose ``protocol`` takes the bytes of the client."""
        transport: Any = Transport()
        transport.protocol = self.connections.buildProtocol(transport.getPeer())
        transport.protocol.makeConnection(transport)
        return transport

    def raw(self, request: bytes) -> bytes:
        """Send bytes, and return the bytes that come back."""
        transport = self.open()
        transport.protocol.dataReceived(request)
        self.clock.advance(0)
        received: bytes = transport.value()
        transport.loseConnection()
        return received

    def answer(self, d: Deferred[Any]) -> Answer:
        """Return the response that has arrived."""
        response = result_of(d)
        return Answer(response.code, response.headers, result_of(treq.content(response)), response.length)

    def get(self, path: str, after: float = 0, method: str = "GET", **options: Any) -> Answer:
        """Send a request, and return the response that has arrived ``after`` so many seconds."""
        d = self.send(path, method, **options)
        self.advance(after)
        return self.answer(d)
