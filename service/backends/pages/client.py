"""A single HTTP request for a page, which results in the page or a redirect."""

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

#: Maximum bytes of a response's headers, and of its body before decoding.
MAX_HEADERS = 64 * 1024
MAX_WIRE = 2 * 1024 * 1024
_OK = 200
_STATUSES = range(100, 1000)
_REDIRECTS = (301, 302, 303, 307, 308)


@frozen
class Redirect:
    """A redirect to ``address``; ``storable`` says whether it may be cached."""

    address: WebAddress
    storable: bool


@frozen(kw_only=True)
class PageClient:
    """A client for single pages; ``contact`` is the contact address in its User-Agent."""

    reactor: Any
    resolver: IHostnameResolver
    policy: AddressPolicy
    tls: IPolicyForHTTPS
    contact: str

    def get(self, address: WebAddress, enough: Enough) -> Deferred[Page | Redirect]:
        """Request an address on a connection of its own, which is closed afterwards.

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
    """Convert a response to a redirect or to the page, of which only as much is read as is wanted.

    :raise BadRedirect: if the redirect does not have a valid target.
    :raise UpstreamStatus: if the status is neither 200 nor a redirect.
    :raise BadResponse: if the status is impossible, or the body has an encoding that was not requested.
    """
    if response.code in _REDIRECTS:
        guard.abort()
        return Redirect(address.follow(location_of(response)), may_be_kept(response))
    if response.code not in _STATUSES:
        raise BadResponse("sends an incomplete or malformed HTTP response")
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
    """Return the ``Location`` of a response.

    :raise BadRedirect: if it is missing, ambiguous or not UTF-8.
    """
    locations = response.headers.getRawHeaders(b"Location", [])
    if len(set(locations)) != 1:
        raise BadRedirect("redirects without exactly one Location header")
    try:
        location: str = locations[0].decode()
    except UnicodeDecodeError as error:
        raise BadRedirect("redirects to an invalid or unsupported URL") from error
    return location


def header_of(response: IResponse, name: str) -> str | None:
    """Return the last value of a header, decoded as Latin-1; None if it is missing."""
    values: list[bytes] = response.headers.getRawHeaders(name.encode(), [])
    return values[-1].decode("latin-1") if values else None


def may_be_kept(response: IResponse) -> bool:
    """Return whether a response may be cached (RFC 9111, section 5.2.2.5)."""
    directives = ",".join(value.decode("latin-1") for value in response.headers.getRawHeaders(b"Cache-Control", []))
    return "no-store" not in (directive.strip().lower() for directive in directives.split(","))
