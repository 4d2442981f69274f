"""This service, with an IM service that is the line server; the port is the argument."""

import json
import sys
from pathlib import Path
from typing import Any

from attrs import define, field
from twisted.internet.defer import Deferred, succeed
from twisted.internet.endpoints import TCP4ClientEndpoint, connectProtocol
from twisted.internet.protocol import Protocol
from zope.interface import implementer

from service.command.afterwards import rest_collector
from service.command.flags import read_settings
from service.command.reactors import install_reactor
from service.errors import NoSuchUser
from service.interfaces import IIMService
from service.values import Contact
from tests.bench.apps.backend import LINES


class LineClient(Protocol):
    """A connection to the line server, for one look-up at a time."""

    _received = b""
    _answer: Deferred[bytes]

    def ask(self, username: str) -> Deferred[bytes]:
        """Send a line, and wait for the one that comes back."""
        self._answer = Deferred(lambda _: self.transport.abortConnection())
        self.transport.write(username.encode() + b"\n")
        return self._answer

    def dataReceived(self, data: bytes) -> None:
        self._received += data
        if self._received.endswith(b"\n"):
            received, self._received = self._received, b""
            self._answer.callback(received)


@implementer(IIMService)
@define
class LineIMService:
    """An IM service that asks the line server at ``endpoint``."""

    endpoint: TCP4ClientEndpoint
    _idle: list[LineClient] = field(factory=list, init=False)

    def get_contact_list(self, username: str, _: object = None) -> Deferred[list[Contact]]:
        """See ``IIMService``."""
        if self._idle:
            return self._ask(self._idle.pop(), username)
        return connectProtocol(self.endpoint, LineClient()).addCallback(self._ask, username)

    def ping(self) -> Deferred[None]:
        """See ``IBackend``."""
        return succeed(None)

    def close(self) -> Deferred[None]:
        """See ``IBackend``."""
        return succeed(None)

    def _ask(self, client: LineClient, username: str) -> Deferred[list[Contact]]:
        return client.ask(username).addCallback(self._answered, client, username)

    def _answered(self, answer: bytes, client: LineClient, username: str) -> list[Contact]:
        self._idle.append(client)
        contacts = json.loads(answer)
        if contacts is None:
            raise NoSuchUser(username)
        return [Contact(contact) for contact in contacts]


reactor = install_reactor("auto", "fake:")
# Imported late, as in the command: Klein imports the reactor.
from service.command.composition import compose_admission, make_backends  # noqa: E402
from service.command.ports import tune_port  # noqa: E402
from service.command.traffic import compose_connections, compose_in_flight  # noqa: E402

settings: Any = read_settings(["--pages", "fake:", "--in-flight", "10000", "--access-log", "off", "--xray", "off"])
backends = make_backends(settings, reactor)
backends["im"] = LineIMService(TCP4ClientEndpoint(reactor, "127.0.0.1", int(LINES or 0)))
admission = compose_admission(settings, backends, compose_in_flight(settings, reactor), Path.cwd())
connections = compose_connections(admission, settings, reactor)
tune_port(reactor.listenTCP(int(sys.argv[1]), connections, backlog=8192, interface="127.0.0.1"))
rest_collector()
reactor.run()
