"""The contact lists of an ejabberd server: its HTTP API, asked through treq."""

import json
from typing import Any, Self

import treq
from attrs import define, field, frozen
from treq.client import HTTPClient
from twisted.internet.defer import Deferred, succeed
from twisted.python.failure import Failure
from twisted.web.client import Agent, BrowserLikePolicyForHTTPS, HTTPConnectionPool
from twisted.web.http_headers import Headers
from twisted.web.iweb import IResponse
from zope.interface import implementer

from service.backends.ejabberd.address import API
from service.backends.ejabberd.endpoints import Endpoints
from service.backends.ejabberd.errors import BACKEND, NoSuchNameError, NotAnsweredError, as_backend_error
from service.backends.ejabberd.roster import as_contacts, localpart
from service.backends.failures import or_translated
from service.backends.limiter import Limiter
from service.errors import BackendError, NoSuchUser, TimedOut
from service.interfaces import IIMService
from service.values import Contact

#: Requests at once, and connections that are kept; a pool of Twisted's bounds the second alone.
CONNECTIONS = 10
#: Seconds for which a connection is kept that nobody uses.
IDLE = 30
#: Bytes of an answer: a contact takes about 120.
MAX_BODY = 4 * 1024 * 1024
_OK, _BAD_REQUEST, _UNAUTHORIZED = 200, 400, 401
#: What ``check_account`` answers for an account that exists, and for one that does not.
_EXISTS, _DOES_NOT = 0, 1


@implementer(IIMService)
@frozen(kw_only=True, eq=False)
class EjabberdIMService:
    """Asks ``api``, by way of ``http``, whose connections are those of ``pool``."""

    api: API
    pool: HTTPConnectionPool
    http: HTTPClient
    limiter: Limiter

    @classmethod
    def from_url(cls, url: str, reactor: Any) -> Self:
        """Make one as ``--im`` asks for it.

        :raise ValueError: if it is no such URL.
        """
        pool = HTTPConnectionPool(reactor)
        pool.maxPersistentPerHost = CONNECTIONS
        pool.cachedConnectionTimeout = IDLE
        return cls(
            api=API.from_url(url),
            pool=pool,
            http=HTTPClient(Agent.usingEndpointFactory(reactor, Endpoints(reactor, BrowserLikePolicyForHTTPS()), pool)),
            limiter=Limiter(backend=BACKEND, clock=reactor, at_once=CONNECTIONS),
        )

    def ping(self) -> Deferred[None]:
        """See ``IBackend.ping``: whether somebody exists is asked, and does not matter."""
        d = self.limiter.run(self._ask, "check_account", "ajax-contacts")
        d.addErrback(or_translated, as_backend_error)
        return d.addCallback(lambda _: None)

    def close(self) -> Deferred[None]:
        """See ``IBackend.close``."""
        d: Deferred[None] = self.pool.closeCachedConnections()
        return d

    def get_contact_list(self, username: str) -> Deferred[list[Contact]]:
        """See ``IIMService.get_contact_list``."""
        d: Deferred[Any] = succeed(username)
        d.addCallback(localpart)
        d.addCallback(lambda name: self.limiter.run(self._contact_list, name))
        d.addErrback(self._or_start_afresh)
        return d.addErrback(or_translated, as_backend_error)

    def _or_start_afresh(self, failure: Failure) -> Failure | Deferred[Failure]:
        """Trust none of the kept connections any more when one has not answered in time; pass the failure on."""
        if not failure.check(TimedOut):
            return failure
        d: Deferred[Any] = self.pool.closeCachedConnections()
        return d.addBoth(lambda _: failure)

    def _contact_list(self, username: str) -> Deferred[list[Contact]]:
        d = self._ask("get_roster", username)
        d.addCallback(as_contacts, self.api.domain)
        d.addCallback(self._or_no_such_user, username)
        return d.addErrback(or_no_such_name, username)

    def _or_no_such_user(self, contacts: list[Contact], username: str) -> list[Contact] | Deferred[list[Contact]]:
        """Ask whether an account exists that has no contacts: the roster of one that does not is empty, too."""
        if contacts:
            return contacts
        return self._ask("check_account", username).addCallback(empty_if_account, username)

    def _ask(self, command: str, username: str) -> Deferred[Any]:
        d: Deferred[Any] = self.http.get(
            f"{self.api.base}/{command}",
            params={"user": username, "host": self.api.domain},
            headers=Headers({"Authorization": [f"Bearer {self.api.token()}"]}),
            allow_redirects=False,  # the token is for nobody else
            unbuffered=True,
        )
        return d.addCallback(self._as_answer)

    def _as_answer(self, response: IResponse) -> Deferred[Any]:
        if response.code == _UNAUTHORIZED:
            self.api.token.forget()
        body = Body()
        d = treq.collect(response, body.add)
        return d.addCallback(lambda _: as_value(response.code, bytes(body.content)))


@define
class Body:
    """What has come of an answer so far."""

    content: bytearray = field(factory=bytearray)

    def add(self, data: bytes) -> None:
        """Take more of it.

        :raise NotAnsweredError: if that is too much.
        """
        self.content += data
        if len(self.content) > MAX_BODY:
            raise NotAnsweredError(f"more than {MAX_BODY} bytes")


def as_value(status: int, body: bytes) -> Any:
    """Read what the API answers.

    :raise NoSuchNameError: if it does not take the username for one.
    :raise NotAnsweredError: if it refuses, or answers with something else than JSON.
    """
    if status == _BAD_REQUEST:
        raise NoSuchNameError
    if status != _OK:
        raise NotAnsweredError(f"status {status}: {body[:200]!r}")
    try:
        return json.loads(body)
    except (ValueError, RecursionError) as error:
        raise NotAnsweredError(f"no JSON: {body[:200]!r}") from error


def empty_if_account(answer: Any, username: str) -> list[Contact]:
    """Hand on that somebody who exists has no contacts.

    :raise NoSuchUser: if they do not exist.
    :raise BackendError: if the answer is none.
    """
    if isinstance(answer, bool) or answer not in (_EXISTS, _DOES_NOT):
        raise BackendError(BACKEND, "answered with something else than whether an account exists")
    if answer == _DOES_NOT:
        raise NoSuchUser(username)
    return []


def or_no_such_name(failure: Failure, username: str) -> list[Contact]:
    """Say of a name that the server does not take for one that nobody has it."""
    failure.trap(NoSuchNameError)
    raise NoSuchUser(username)
