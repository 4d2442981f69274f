"""A page fetcher with SSRF protection at every hop, which reads only as much of a page as is wanted.

Neither treq nor Twisted's ``Agent`` could do that: treq follows redirects internally, decompresses gzip without a limit
and keeps cookies; and ``Agent`` refuses addresses and responses that browsers take.
"""

from typing import Any, Self
from urllib.parse import parse_qsl

from attrs import define, evolve, field
from twisted.internet.defer import Deferred, succeed
from zope.interface import implementer

from service.backends.cancelling import cancellable
from service.backends.pages.addresses import AddressPolicy
from service.backends.pages.client import PageClient, Redirect
from service.backends.pages.per_host_limiter import PerHostLimiter
from service.backends.resolver import ThreadedResolver, make_pool
from service.backends.tls import CertificatePolicy
from service.errors import TooManyRedirects, or_time_out
from service.interfaces import IPageFetcher, NeedOfMore
from service.tracing import Caller
from service.urls import WebAddress
from service.values import Page

#: Seconds for a page in all, redirects included.
DEADLINE = 10.0
MAX_REDIRECTS = 5
#: Concurrent fetches, in total and per host.
MAX_FETCHES = 50
MAX_FETCHES_PER_HOST = 4
CONTACT = "the operator of the host that sent this request"


@implementer(IPageFetcher)
@define
class PageFetcher:
    """A page fetcher; its ``client`` knows what may be connected to."""

    client: PageClient
    _places: PerHostLimiter = field(factory=lambda: PerHostLimiter(MAX_FETCHES, MAX_FETCHES_PER_HOST), init=False)

    @classmethod
    def from_url(cls, url: str, reactor: Any) -> Self:
        """Make the fetcher for ``--pages``, as in ``http:?allow=127.0.0.0/8&ports=80,8081&contact=me@example.org``.

        :raise ValueError: if an option is unknown, or its value is invalid; its text says what is expected.
        """
        rest = url.removeprefix("http:")
        if rest and not rest.startswith("?"):
            raise ValueError("only options after 'http:', such as http:?ports=80,443,8080")
        options = dict(parse_qsl(rest[1:], keep_blank_values=True))
        contact = options.pop("contact", CONTACT)
        if not (contact.isascii() and contact.isprintable()):
            raise ValueError("contact to be printable ASCII")
        return cls(
            PageClient(
                reactor=reactor,
                resolver=ThreadedResolver(reactor, make_pool(MAX_FETCHES)),
                policy=AddressPolicy.from_options(options),
                tls=CertificatePolicy(),
                contact=contact,
            )
        )

    def ping(self) -> Deferred[None]:
        """See ``IBackend.ping``: the web is assumed to be reachable."""
        return succeed(None)

    def close(self) -> Deferred[None]:
        """See ``IBackend.close``: no connection outlives its fetch."""
        return succeed(None)

    def fetch(self, url: str, need: NeedOfMore, caller: Caller | None = None) -> Deferred[Page]:  # noqa: ARG002  the web is not told
        d: Deferred[Any] = succeed(url)
        d.addCallback(WebAddress.parse)
        d.addCallback(self._visit, need, MAX_REDIRECTS)
        d.addCallback(as_asked_for, url)
        d.addTimeout(DEADLINE, self.client.reactor, or_time_out)
        return cancellable(d)

    def _visit(self, address: WebAddress, need: NeedOfMore, redirects: int) -> Deferred[Any]:
        self.client.policy.check_port(address.port)
        d = self._places.hold(address.host.rstrip("."), lambda: self.client.get(address, need))
        return d.addCallback(self._or_visit_next, need, redirects)

    def _or_visit_next(self, answer: Page | Redirect, need: NeedOfMore, redirects: int) -> Page | Deferred[Any]:
        if isinstance(answer, Page):
            return answer
        if redirects == 0:
            raise TooManyRedirects(f"redirects more than {MAX_REDIRECTS} times")
        d = self._visit(answer.address, need, redirects - 1)
        return d if answer.storable else d.addCallback(evolve, storable=False)


def as_asked_for(page: Page, url: str) -> Page:
    """Set ``url`` to the requested one; so is ``final_url`` unless a redirect led elsewhere."""
    redirected = page.final_url != WebAddress.parse(url).text
    return evolve(page, url=url, final_url=page.final_url if redirected else url)
