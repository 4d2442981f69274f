"""The contact lists of an ejabberd server: a client of its HTTP API, built on treq."""

import json
from typing import Any, Self

import treq
from attrs import frozen
from treq.client import HTTPClient
from twisted.internet.defer import Deferred, succeed
from twisted.python.failure import Failure
from twisted.web.client import Agent, HTTPConnectionPool
from twisted.web.http_headers import Headers
from twisted.web.iweb import IResponse
from zope.interface import implementer

from service.backends.ejabberd.address import API
from service.backends.ejabberd.errors import BACKEND, NoSuchNameError, NotAnsweredError, as_backend_error
from service.backends.ejabberd.roster import as_contacts, localpart
from service.backends.endpoints import APIEndpoint
from service.backends.failures import or_translated
from service.backends.limiter import Limiter
from service.backends.resolver import Resolver, ThreadedResolver, make_pool
from service.errors import BackendError, NoSuchUser, TimedOut
from service.interfaces import IIMService
from service.tracing import Caller
from service.values import Contact

#: Concurrent requests, and keep-alive connections: Twisted's pool limits only the latter.
CONNECTIONS = 10
#: Seconds for which an idle connection is kept alive.
IDLE = 30
#: Maximum size of a response in bytes: a contact takes about 120.
MAX_BODY = 4 * 1024 * 1024
_OK, _BAD_REQUEST, _UNAUTHORIZED, _FORBIDDEN = 200, 400, 401, 403
#: The answers of ``check_account`` for an account that exists, and for one that does not.
_EXISTS, _DOES_NOT = 0, 1


@implementer(IIMService)
@frozen(kw_only=True, eq=False)
class EjabberdIMService:
    """A client of ``api``; ``http`` sends its requests over the keep-alive connections of ``pool``."""

    api: API
    pool: HTTPConnectionPool
    http: HTTPClient
    limiter: Limiter

    @classmethod
    def from_url(cls, url: str, reactor: Any) -> Self:
        """Make the service for the URL of ``--im``.

        :raise ValueError: if the URL is invalid; its text says what is expected.
        """
        return cls.at(API.from_url(url), reactor, ThreadedResolver(reactor, make_pool(CONNECTIONS)))

    @classmethod
    def at(cls, api: API, reactor: Any, resolver: Resolver) -> Self:
        """Make the service for an API, whose host the ``resolver`` finds.

        :raise ValueError: if no certificate can be for that host; its text says what is expected.
        """
        pool = HTTPConnectionPool(reactor)
        pool.maxPersistentPerHost = CONNECTIONS
        pool.cachedConnectionTimeout = IDLE
        endpoint = APIEndpoint.at(api.address, reactor, resolver)
        return cls(
            api=api,
            pool=pool,
            http=HTTPClient(Agent.usingEndpointFactory(reactor, endpoint, pool)),
            limiter=Limiter(backend=BACKEND, clock=reactor, at_once=CONNECTIONS),
        )

    def ping(self) -> Deferred[None]:
        """See ``IBackend.ping``: it does not matter whether the account exists."""
        d = self.limiter.run(self._ask, "check_account", "ajax-contacts")
        d.addErrback(or_translated, as_backend_error)
        return d.addCallback(lambda _: None)

    def close(self) -> Deferred[None]:
        return self.pool.closeCachedConnections()

    def get_contact_list(self, username: str, caller: Caller | None = None) -> Deferred[list[Contact]]:
        """See ``IIMService.get_contact_list``."""
        d: Deferred[Any] = succeed(username)
        d.addCallback(localpart)
        d.addCallback(lambda name: self.limiter.run(self._contact_list, name, caller))
        d.addErrback(self._or_start_afresh)
        return d.addErrback(or_translated, as_backend_error)

    def _or_start_afresh(self, failure: Failure) -> Failure | Deferred[Failure]:
        """Close the keep-alive connections after a timeout, since they may be dead; pass the failure on."""
        if not failure.check(TimedOut):
            return failure
        d: Deferred[Any] = self.pool.closeCachedConnections()
        return d.addBoth(lambda _: failure)

    def _contact_list(self, username: str, caller: Caller | None) -> Deferred[list[Contact]]:
        d = self._ask("get_roster", username, caller)
        d.addCallback(as_contacts, self.api.domain)
        d.addCallback(self._or_no_such_user, username, caller)
        return d.addErrback(or_no_such_name, username)

    def _or_no_such_user(
        self, contacts: list[Contact], username: str, caller: Caller | None
    ) -> list[Contact] | Deferred[list[Contact]]:
        """Check that an account without contacts exists: the roster of an unknown one is empty, too."""
        if contacts:
            return contacts
        return self._ask("check_account", username, caller).addCallback(empty_if_account, username)

    def _ask(self, command: str, username: str, caller: Caller | None = None) -> Deferred[Any]:
        address = self.api.address
        headers = {"Host": address.authority, "Authorization": f"Bearer {self.api.token()}"}
        headers |= {} if caller is None else caller.trace.headers()
        d: Deferred[Any] = self.http.get(
            # A placeholder: treq rejects names that are not valid under IDNA 2008, and the endpoint has the real one.
            f"{address.scheme}://ejabberd{address.target.rstrip('/')}/{command}",
            params={"user": username, "host": self.api.domain},
            headers=Headers({name: [value] for name, value in headers.items()}),
            allow_redirects=False,  # the token must not go to another host
            unbuffered=True,
        )
        return d.addCallback(self._as_answer)

    def _as_answer(self, response: IResponse) -> Deferred[Any]:
        if response.code == _UNAUTHORIZED:
            self.api.token.forget()
        body = bytearray()

        def add(data: bytes) -> None:
            body.extend(data)
            if len(body) > MAX_BODY:
                raise NotAnsweredError(f"more than {MAX_BODY} bytes")

        return treq.collect(response, add).addCallback(lambda _: as_value(response.code, bytes(body)))


def as_value(status: int, body: bytes) -> Any:
    """Parse a response of the API.

    :raise NoSuchNameError: if the API rejects the username.
    :raise NotAnsweredError: if the status is any other than 200, or the body is not JSON.
    """
    if status == _BAD_REQUEST:
        raise NoSuchNameError
    if status != _OK:
        # Why a token is refused can be logged; other bodies may name users, who have no place in a log.
        why = f": {body[:200]!r}" if status in (_UNAUTHORIZED, _FORBIDDEN) else ""
        raise NotAnsweredError(f"status {status}{why}")
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        raise NotAnsweredError(f"{len(body)} bytes that are not JSON") from None


def empty_if_account(answer: Any, username: str) -> list[Contact]:
    """Return an empty contact list for an account that exists.

    :raise NoSuchUser: if it does not exist.
    :raise BackendError: if the answer is neither 0 nor 1.
    """
    if isinstance(answer, bool) or answer not in (_EXISTS, _DOES_NOT):
        raise BackendError(BACKEND, "answered with a malformed account status")
    if answer == _DOES_NOT:
        raise NoSuchUser(username)
    return []


def or_no_such_name(failure: Failure, username: str) -> list[Contact]:
    """Raise ``NoSuchUser`` for a name that the server rejects; pass any other failure on."""
    failure.trap(NoSuchNameError)
    raise NoSuchUser(username)
