"""A single HTTP request for a page, which results in the page or a redirect."""

import re
from functools import partial
from importlib.metadata import version
from typing import Any

from attrs import frozen
from twisted.internet.defer import Deferred, maybeDeferred
from twisted.internet.interfaces import IReactorTime
from twisted.python.failure import Failure
from twisted.web.iweb import IPolicyForHTTPS

from service.backends.pages.addresses import AddressPolicy
from service.backends.pages.body import Body
from service.backends.pages.decoders import make_decoder
from service.backends.pages.exchange import Exchange
from service.backends.pages.failures import no_certificate, or_page_error
from service.backends.pages.framing import framing_of
from service.backends.pages.guard import Guard
from service.backends.pages.response import ResponseHead
from service.backends.resolver import Resolver
from service.errors import BadRedirect, UpstreamStatus
from service.interfaces import NeedOfMore
from service.urls import WebAddress
from service.values import Page

_AGENT = f"ajax-contacts/{version('ajax-contacts')}"
_NOT_ASCII = re.compile("[^\0-\x7f]")
_OK = 200
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
    resolver: Resolver
    policy: AddressPolicy
    tls: IPolicyForHTTPS
    contact: str

    def get(self, address: WebAddress, need: NeedOfMore) -> Deferred[Page | Redirect]:
        """Request an address on a connection of its own, which is closed afterwards.

        :return: a Deferred that fires with the ``Page``, or with a ``Redirect``; or fails as ``IPageFetcher.fetch``
            does.
        """
        guard = Guard(self.reactor, self.resolver, self.policy)
        d: Deferred[Any] = maybeDeferred(self._connect, address, guard)
        d.addCallback(self._read, address, need)
        return d.addErrback(or_page_error, guard)

    def _read(self, exchange: Exchange, address: WebAddress, need: NeedOfMore) -> Deferred[Any]:
        d: Deferred[Any] = exchange.head
        d.addCallback(as_answer, exchange, address, need, self.reactor)
        return d.addErrback(hang_up, exchange)

    def _connect(self, address: WebAddress, guard: Guard) -> Deferred[Exchange]:
        tls = None
        if address.scheme == "https":
            try:
                tls = self.tls.creatorForNetloc(address.host.encode("ascii"), address.port)
            except ValueError as error:  # no certificate can be for such a name
                raise no_certificate() from error
        return guard.connect(address.host, address.port, self._request(address), tls)

    def _request(self, address: WebAddress) -> bytes:
        codings = "gzip, deflate, br, zstd" if address.scheme == "https" else "gzip, deflate"  # as browsers do
        lines = (
            f"GET {address.target} HTTP/1.1",
            f"Host: {address.authority}",
            f"User-Agent: {_AGENT} (page titles; contact: {self.contact})",
            "Accept: text/html, application/xhtml+xml",
            f"Accept-Encoding: {codings}",
            "Connection: close",
        )
        return "".join(f"{line}\r\n" for line in (*lines, "")).encode("ascii")


def as_answer(
    head: ResponseHead, exchange: Exchange, address: WebAddress, need: NeedOfMore, clock: IReactorTime
) -> Redirect | Deferred[Page]:
    """Convert a response to a redirect or to the page, of which only as much is read as is needed.

    :raise BadRedirect: if the redirect does not have a valid target.
    :raise UpstreamStatus: if the status is neither 200 nor a redirect.
    :raise BadResponse: if the end of the body is not clear, or it has an encoding that cannot be decoded.
    """
    if head.status != _OK:
        exchange.abort()
        if head.status in _REDIRECTS:
            return Redirect(address.follow(location_of(head)), may_be_kept(head))
        raise UpstreamStatus(head.status)
    content_type = head.joined("content-type")
    body = Body(
        clock,
        framing_of(head),
        make_decoder(head.words("content-encoding")),
        lambda prefix: need(prefix, content_type),
        exchange.abort,
    )
    body.start()
    exchange.hand_to(body)
    make_page = partial(
        Page, url=address.text, final_url=address.text, content_type=content_type, storable=may_be_kept(head)
    )
    return body.read.addCallback(lambda prefix: make_page(body=prefix, truncated=body.truncated, broken=body.broken))


def hang_up(failure: Failure, exchange: Exchange) -> Failure:
    """Abort the connection and pass the failure on."""
    exchange.abort()
    return failure


def location_of(head: ResponseHead) -> str:
    """Return the ``Location`` of a response; bytes that are not ASCII are percent-encoded.

    :raise BadRedirect: if it is missing or ambiguous.
    """
    locations = head.headers.get("location", [])
    if len(set(locations)) != 1:
        raise BadRedirect("redirects without exactly one Location header")
    return _NOT_ASCII.sub(lambda byte: f"%{ord(byte[0]):02X}", locations[0])


def may_be_kept(head: ResponseHead) -> bool:
    """Return whether a response may be cached (RFC 9111, section 5.2.2.5)."""
    return "no-store" not in (directive.lower() for directive in head.words("cache-control"))
