"""Web pages, fetched with treq: a bounded prefix of each, from public addresses, without redirects."""

from typing import Any, Self

from attrs import define, field
from hyperlink import URL
from treq.client import HTTPClient
from twisted.internet.defer import CancelledError, Deferred, succeed
from twisted.internet.interfaces import ITransport
from twisted.internet.protocol import Protocol, connectionDone
from twisted.python.failure import Failure
from twisted.web.client import Agent, HTTPConnectionPool, ResponseDone
from twisted.web.http import PotentialDataLoss
from twisted.web.http_headers import Headers
from twisted.web.iweb import IAgent, IBodyProducer, IResponse
from zope.interface import implementer

from service.backends.addresses import PublicEndpoints
from service.errors import BackendError, Overloaded, ServiceError, UpstreamStatus
from service.interfaces import IPageFetcher
from service.values import Page

#: Bytes of a page that are read.
MAX_BODY = 1024 * 1024
#: Fetches under way at once.
MAX_FETCHES = 50
BACKEND = "web server of the page"


@implementer(IPageFetcher)
@define
class PageFetcher:
    """Fetches pages through an ``agent``; ``clock`` is an ``IReactorTime``."""

    agent: IAgent
    clock: Any
    _under_way: int = field(default=0, init=False)

    @classmethod
    def from_url(cls, url: str, reactor: Any) -> Self:
        """Make one as ``--pages`` asks for it: it connects to public addresses alone.

        :raise ValueError: if there is more to the URL than its scheme.
        """
        if url != "http:":
            raise ValueError("nothing after 'http:'")
        pool = HTTPConnectionPool(reactor, persistent=False)
        return cls(Agent.usingEndpointFactory(reactor, PublicEndpoints(reactor), pool), reactor)

    def ping(self) -> Deferred[None]:
        """See ``IBackend.ping``: the web is always there."""
        return succeed(None)

    def fetch(self, url: str) -> Deferred[Page]:
        """See ``IPageFetcher.fetch``."""
        if self._under_way == MAX_FETCHES:
            raise Overloaded("too many pages are being fetched; try again")
        self._under_way += 1
        # A client of its own: a shared one would carry cookies from one stranger's page to the next.
        client = HTTPClient(IdentityAgent(self.agent))
        d: Deferred[Any] = client.get(
            URL.from_text(url).normalize(),
            headers=Headers({"User-Agent": ["ajax-contacts"], "Accept": ["text/html"]}),
            allow_redirects=False,
            unbuffered=True,
            reactor=self.clock,
        )
        d.addCallback(read_page, url)
        d.addErrback(or_backend_error)
        return cancellable(d).addBoth(self._done)

    def _done(self, result: Any) -> Any:
        self._under_way -= 1
        return result


@implementer(IAgent)
@define
class IdentityAgent:
    """Asks ``agent`` for bodies as they are, and hides the encoding of one that is not from treq's decoder."""

    agent: IAgent

    def request(
        self,
        method: bytes,
        uri: bytes,
        headers: Headers | None = None,
        bodyProducer: IBodyProducer | None = None,
    ) -> Deferred[IResponse]:
        """See ``IAgent``."""
        headers = (headers or Headers()).copy()
        headers.setRawHeaders(b"Accept-Encoding", [b"identity"])
        d = self.agent.request(method, uri, headers, bodyProducer)
        return d.addCallback(as_identity)


def as_identity(response: IResponse) -> IResponse:
    """Hand the response on.

    :raise BackendError: if its body is compressed, which we did not ask for, and treq would undo without bound.
    """
    encodings = response.headers.getRawHeaders(b"Content-Encoding", [])
    if any(encoding.strip().lower() != b"identity" for encoding in encodings):
        raise BackendError(BACKEND, "answered in an encoding that it was not asked for")
    return response


def read_page(response: Any, url: str) -> Deferred[Page]:
    """Read the page in a response.

    :return: a Deferred that fires with the ``Page``; or fails with ``UpstreamStatus`` if the response has
        another status than 200, or as its connection does.
    """
    if response.code != 200:  # noqa: PLR2004
        response.deliverBody(Discard())
        raise UpstreamStatus(response.code)
    content_type = response.headers.getRawHeaders("Content-Type", [None])[-1]
    prefix = Prefix(MAX_BODY)
    response.deliverBody(prefix)
    return prefix.read.addCallback(
        lambda body: Page(url=url, final_url=url, content_type=content_type, body=body, truncated=prefix.truncated)
    )


class Discard(Protocol):
    """Ends a response whose body nobody wants, together with its connection."""

    transport: ITransport

    def connectionMade(self) -> None:
        """See ``IProtocol``."""
        self.transport.loseConnection()


class Prefix(Protocol):
    """Reads the first ``most`` bytes of a body: ``read`` fires with them. Cancelling it ends the connection."""

    transport: ITransport

    def __init__(self, most: int) -> None:
        self.read: Deferred[bytes] = Deferred(lambda _: self.transport.loseConnection())
        self.truncated = False
        self._left = most
        self._chunks: list[bytes] = []

    def dataReceived(self, data: bytes) -> None:
        """See ``IProtocol``."""
        self._chunks.append(data[: self._left])
        if len(data) > self._left:
            self.truncated = True
            self.transport.loseConnection()
        self._left = max(0, self._left - len(data))

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        """See ``IProtocol``."""
        if self.read.called:
            return
        if self.truncated or reason.check(ResponseDone, PotentialDataLoss):
            self.read.callback(b"".join(self._chunks))
        else:
            self.read.errback(reason)


def or_backend_error(failure: Failure) -> Failure:
    """Let errors of ours pass, and call any other one what it is to us: a page that is not to be had."""
    if failure.check(ServiceError):
        return failure
    error = BackendError(BACKEND, "cannot be reached or understood")
    error.__cause__ = failure.value
    return Failure(error)


def cancellable(d: Deferred[Page]) -> Deferred[Page]:
    """Make sure that a Deferred which is cancelled fails with ``CancelledError``: an ``Agent``'s may not.

    :return: a Deferred that ends as the given one does, or fails with ``CancelledError`` if it is cancelled.
    """

    def cancel(cancelled: Deferred[Page]) -> None:
        cancelled.errback(CancelledError())
        d.cancel()

    def deliver(result: Any) -> None:
        if not answer.called:
            answer.callback(result)

    answer: Deferred[Page] = Deferred(cancel)
    d.addBoth(deliver)
    return answer
