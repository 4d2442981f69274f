"""Cached page titles: concurrent requests for a URL share one fetch, and its title is cached for a while."""

from collections import OrderedDict

from attrs import define, field
from twisted.internet.defer import Deferred, succeed
from twisted.internet.interfaces import IReactorTime

from service.chains.coalescing import Coalescer
from service.chains.titles import Titles
from service.values import Title

#: Seconds for which a title is cached, and the maximum number of titles.
MAX_AGE = 60.0
MAX_KEPT = 256


@define
class SharedTitles:
    """A cache in front of ``titles``, with request coalescing."""

    titles: Titles
    clock: IReactorTime
    _fetches: Coalescer[Title] = field(factory=Coalescer, init=False)
    #: URL -> title, and when it expires.
    _kept: OrderedDict[str, tuple[Title, float]] = field(factory=OrderedDict, init=False)

    def get_page_title(self, url: str) -> Deferred[Title]:
        """Return the title of a page, from the cache or as ``Titles.get_page_title`` does.

        :return: the caller's own Deferred; the last caller to cancel cancels the fetch.
        """
        kept = self._kept.get(url)
        if kept is not None and self.clock.seconds() < kept[1]:
            return succeed(kept[0])
        d = self._fetches.join(url, lambda: self.titles.get_page_title(url))
        return d.addCallback(self._keep, url)

    def _keep(self, title: Title, url: str) -> Title:
        if title.storable:
            self._kept.pop(url, None)
            self._kept[url] = title, self.clock.seconds() + MAX_AGE
            if len(self._kept) > MAX_KEPT:
                self._kept.popitem(last=False)
        return title
