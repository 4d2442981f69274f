"""One request for one page: what comes is the page, or where to look for it instead."""

from functools import partial
from importlib.metadata import version
from typing import Any

from attrs import frozen
from twisted.internet.defer import Deferred, maybeDeferred
from twisted.internet.interfaces import IHostnameResolver
from twisted.web.client import Agent, HTTPConnectionPool
from twisted.web.http_headers import Headers
from twisted.web.iweb import IPolicyForHTTPS, IResponse

from service.backends.pages.addresses import AddressPolicy
from service.backends.pages.body import Body, make_decoder
from service.backends.pages.failures import or_page_error
from service.backends.pages.guard import Guard
from service.errors import BadRedirect, BadResponse, UpstreamStatus
from service.interfaces import Enough
from service.urls import WebAddress
from service.values import Page

#: Bytes of a response's headers, and of its body, that are read off the wire.
MAX_HEADERS = 64 * 1024
MAX_WIRE = 2 * 1024 * 1024
_OK = 200
_STATUSES = range(100, 1000)
_REDIRECTS = (301, 302, 303, 307, 308)


@frozen
class Redirect:
    """Where a server sends us instead; ``storable`` says that it lets that be remembered."""

    address: WebAddress
    storable: bool


@frozen(kw_only=True)
class PageClient:
    """Asks a server for a page; ``contact`` says in the User-Agent whom to complain to."""

    reactor: Any
    resolver: IHostnameResolver
    policy: AddressPolicy
    tls: IPolicyForHTTPS
    contact: str

    def get(self, address: WebAddress, enough: Enough) -> Deferred[Page | Redirect]:
        """Ask for what is at an address, on a connection of its own that is over afterwards.

        :return: a Deferred that fires with the ``Page``, or with a ``Redirect``; or fails as ``IPageFetcher.fetch``
            does.
        """
        guard = Guard(self.reactor, self.resolver, self.policy, self.tls, MAX_HEADERS)
        agent = Agent.usingEndpointFactory(self.reactor, guard, HTTPConnectionPool(self.reactor, persistent=False))
        d: Deferred[Any] = maybeDeferred(agent.request, b"GET", address.text.encode(), self._headers())
        d.addCallback(as_answer, address, enough, guard)
        return d.addErrback(or_page_error, guard)

    def _headers(self) -> Headers:
        return Headers(
            {
                "User-Agent": [f"ajax-contacts/{version('ajax-contacts')} (page titles; contact: {self.contact})"],
                "Accept": ["text/html, application/xhtml+xml"],
                "Accept-Encoding": ["gzip, deflate"],
            }
        )


def as_answer(response: IResponse, address: WebAddress, enough: Enough, guard: Guard) -> Redirect | Deferred[Page]:
    """Read what a response says: a page, or as much of it as is wanted, or where to go.

    :raise BadRedirect: if that is nowhere.
    :raise UpstreamStatus: if it says anything else.
    :raise BadResponse: if it has an impossible status, or a body in an encoding that we did not ask for.
    """
    if response.code in _REDIRECTS:
        guard.abort()
        return Redirect(address.follow(location_of(response)), may_be_kept(response))
    if response.code not in _STATUSES:
        raise BadResponse("gives no whole HTTP response")
    if response.code != _OK:
        raise UpstreamStatus(response.code)
    content_type = header_of(response, "Content-Type")
    body = Body(
        guard.reactor,
        make_decoder(response.headers.getRawHeaders("Content-Encoding", [])),
        lambda prefix: enough(prefix, content_type),
        guard.abort,
    )
    guard.let_pass(MAX_WIRE, body.stop)
    response.deliverBody(body)
    body.look()
    make_page = partial(
        Page, url=address.text, final_url=address.text, content_type=content_type, storable=may_be_kept(response)
    )
    return body.read.addCallback(lambda prefix: make_page(body=prefix, truncated=body.truncated))


def location_of(response: IResponse) -> str:
    """Take the ``Location`` out of a response.

    :raise BadRedirect: if there is none, or several.
    """
    locations = response.headers.getRawHeaders(b"Location", [])
    if len(set(locations)) != 1:
        raise BadRedirect("redirects without saying where to")
    try:
        location: str = locations[0].decode()
    except UnicodeDecodeError as error:
        raise BadRedirect("redirects to no address of a web page") from error
    return location


def header_of(response: IResponse, name: str) -> str | None:
    """Take the last value of a header out of a response, None if there is none; bytes as Latin-1."""
    values: list[bytes] = response.headers.getRawHeaders(name.encode(), [])
    return values[-1].decode("latin-1") if values else None


def may_be_kept(response: IResponse) -> bool:
    """Say whether a response may be remembered (RFC 9111, section 5.2.2.5)."""
    directives = ",".join(value.decode("latin-1") for value in response.headers.getRawHeaders(b"Cache-Control", []))
    return "no-store" not in (directive.strip().lower() for directive in directives.split(","))
