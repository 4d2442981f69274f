"""Cached page titles: concurrent requests for a URL share one fetch, and its title is cached for a while."""

from collections import OrderedDict

from attrs import define, evolve, field
from twisted.internet.defer import Deferred, succeed
from twisted.internet.interfaces import IReactorTime

from service.chains.coalescing import Coalescer
from service.chains.titles import Titles
from service.tracing import Caller
from service.values import Title

#: Maximum number of titles that are cached.
MAX_KEPT = 256


@define
class SharedTitles:
    """A cache in front of ``titles``, with request coalescing."""

    titles: Titles
    clock: IReactorTime
    #: How many titles were answered from the cache.
    hits: int = field(default=0, init=False)
    _fetches: Coalescer[Title] = field(factory=Coalescer, init=False)
    #: URL -> title, and when it expires.
    _kept: OrderedDict[str, tuple[Title, float]] = field(factory=OrderedDict, init=False)

    def get_page_title(self, url: str, caller: Caller | None = None) -> Deferred[Title]:
        """Return the title of a page, from the cache or as ``Titles.get_page_title`` does for the first ``caller``.

        :return: the caller's own Deferred; the last caller to cancel cancels the fetch.
        """
        if url in self._kept:
            title, expires = self._kept[url]
            fresh_for = expires - self.clock.seconds()
            if fresh_for > 0:
                self.hits += 1
                return succeed(evolve(title, fresh_for=fresh_for))
        d = self._fetches.join(url, lambda: self.titles.get_page_title(url, caller))
        return d.addCallback(self._keep, url)

    def _keep(self, title: Title, url: str) -> Title:
        if title.fresh_for:
            self._kept.pop(url, None)
            self._kept[url] = title, self.clock.seconds() + title.fresh_for
            if len(self._kept) > MAX_KEPT:
                self._kept.popitem(last=False)
        return title
