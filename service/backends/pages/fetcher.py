"""Web pages: fetched through a guard, hop by hop, as little of each as is wanted.

With Twisted's ``Agent`` and not with treq, which follows redirects out of sight, undoes gzip without a bound, and
keeps cookies.
"""

from typing import Any, Self
from urllib.parse import parse_qsl

from attrs import define, evolve, field
from twisted.internet.defer import Deferred, succeed
from twisted.python.failure import Failure
from twisted.web.client import BrowserLikePolicyForHTTPS
from zope.interface import implementer

from service.backends.cancelling import cancellable
from service.backends.pages.addresses import AddressPolicy
from service.backends.pages.client import PageClient, Redirect
from service.backends.pages.per_host_limiter import PerHostLimiter
from service.backends.pages.resolver import ThreadedResolver, make_pool
from service.errors import TimedOut, TooManyRedirects
from service.interfaces import Enough, IPageFetcher
from service.urls import WebAddress
from service.values import Page

#: Seconds for a page, whatever they are spent on.
DEADLINE = 10.0
MAX_REDIRECTS = 5
#: Fetches under way at once, in all and from one host.
MAX_FETCHES = 50
MAX_FETCHES_PER_HOST = 4
CONTACT = "whoever runs the host that this comes from"


@implementer(IPageFetcher)
@define
class PageFetcher:
    """Fetches pages with a ``client``, which knows what may be connected to."""

    client: PageClient
    _places: PerHostLimiter = field(factory=lambda: PerHostLimiter(MAX_FETCHES, MAX_FETCHES_PER_HOST), init=False)

    @classmethod
    def from_url(cls, url: str, reactor: Any) -> Self:
        """Make one as ``--pages`` asks for it: ``http:?allow=127.0.0.0/8&ports=80,443,8081&contact=me@example.org``.

        :raise ValueError: if there is no such option, or if it cannot have that value; its text says what can be.
        """
        rest = url.removeprefix("http:")
        if rest and not rest.startswith("?"):
            raise ValueError("nothing but options after 'http:', such as http:?ports=80,443,8080")
        options = dict(parse_qsl(rest[1:], keep_blank_values=True))
        contact = options.pop("contact", CONTACT)
        if not (contact.isascii() and contact.isprintable()):
            raise ValueError("contact to be in printable ASCII")
        return cls(
            PageClient(
                reactor=reactor,
                resolver=ThreadedResolver(reactor, make_pool(MAX_FETCHES)),
                policy=AddressPolicy.from_options(options),
                tls=BrowserLikePolicyForHTTPS(),
                contact=contact,
            )
        )

    def ping(self) -> Deferred[None]:
        """See ``IBackend.ping``: the web is always there."""
        return succeed(None)

    def close(self) -> Deferred[None]:
        """See ``IBackend.close``: no connection outlives its fetch."""
        return succeed(None)

    def fetch(self, url: str, enough: Enough) -> Deferred[Page]:
        """See ``IPageFetcher.fetch``."""
        d: Deferred[Any] = succeed(url)
        d.addCallback(WebAddress.parse)
        d.addCallback(self._visit, enough, MAX_REDIRECTS)
        d.addCallback(as_asked_for, url)
        d.addTimeout(DEADLINE, self.client.reactor, lambda _, seconds: Failure(TimedOut(seconds)))
        return cancellable(d)

    def _visit(self, address: WebAddress, enough: Enough, redirects: int) -> Deferred[Any]:
        self.client.policy.check_port(address.port)
        d = self._places.hold(address.host.rstrip("."), lambda: self.client.get(address, enough))
        return d.addCallback(self._or_visit_next, enough, redirects)

    def _or_visit_next(self, answer: Page | Redirect, enough: Enough, redirects: int) -> Page | Deferred[Any]:
        if isinstance(answer, Page):
            return answer
        if redirects == 0:
            raise TooManyRedirects("redirects again and again")
        d = self._visit(answer.address, enough, redirects - 1)
        return d if answer.storable else d.addCallback(evolve, storable=False)


def as_asked_for(page: Page, url: str) -> Page:
    """Give a page the address that was asked for, which is the final one, too, where no redirect led elsewhere."""
    redirected = page.final_url != WebAddress.parse(url).text
    return evolve(page, url=url, final_url=page.final_url if redirected else url)
