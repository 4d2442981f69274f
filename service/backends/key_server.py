"""The server of the keys with which tokens are signed: a client for its JSON Web Key Set (RFC 7517), built on treq."""

import json
from typing import Any, Self

import treq
from attrs import frozen
from treq.client import HTTPClient
from twisted.internet.defer import Deferred
from twisted.python.failure import Failure
from twisted.web.client import Agent
from twisted.web.http_headers import Headers
from twisted.web.iweb import IResponse

from service.backends.endpoints import APIEndpoint
from service.backends.resolver import Resolver, ThreadedResolver, make_pool
from service.errors import BackendError
from service.urls import WebAddress

BACKEND = "key server"
#: Seconds for a response, and its maximum size in bytes.
DEADLINE = 4.0
MAX_BODY = 256 * 1024
_OK = 200


@frozen
class KeyServer:
    """A client that fetches a document from ``address``."""

    address: WebAddress
    http: HTTPClient
    reactor: Any

    @classmethod
    def at(cls, address: WebAddress, reactor: Any, resolver: Resolver | None = None) -> Self:
        """Make the client for an address.

        :raise ValueError: if no certificate can be for its host; its text says what is expected.
        """
        resolver = resolver or ThreadedResolver(reactor, make_pool(1))
        endpoint = APIEndpoint.at(address, reactor, resolver)
        return cls(address, HTTPClient(Agent.usingEndpointFactory(reactor, endpoint)), reactor)

    def fetch(self) -> Deferred[Any]:
        """Fetch the document.

        :return: a Deferred that fires with the document; or fails with ``BackendError``.
        """
        address = self.address
        d: Deferred[Any] = self.http.get(
            # A placeholder, as in ``EjabberdIMService``: the endpoint has the real address.
            f"{address.scheme}://keys{address.target}",
            headers=Headers({"Host": [address.authority], "Accept": ["application/jwk-set+json, application/json"]}),
            allow_redirects=False,
            unbuffered=True,
        )
        d.addCallback(read_document)
        d.addTimeout(DEADLINE, self.reactor)
        return d.addErrback(or_backend_error)


def read_document(response: IResponse) -> Deferred[Any]:
    """Read a response, which has to be JSON."""
    if response.code != _OK:
        raise BackendError(BACKEND, f"answered with status {response.code}")
    body = bytearray()

    def add(data: bytes) -> None:
        body.extend(data)
        if len(body) > MAX_BODY:
            raise BackendError(BACKEND, f"sent more than {MAX_BODY} bytes")

    return treq.collect(response, add).addCallback(lambda _: json.loads(body))


def or_backend_error(failure: Failure) -> None:
    """Raise ``BackendError`` for whatever has gone wrong, which is its cause."""
    if failure.check(BackendError):
        failure.raiseException()
    if failure.check(ValueError, RecursionError):
        raise BackendError(BACKEND, "did not send JSON") from failure.value
    raise BackendError(BACKEND, "cannot be reached") from failure.value
