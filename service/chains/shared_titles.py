"""Titles for many who ask for the same: one fetch at a time for an address, and its title remembered for a while."""

from collections import OrderedDict

from attrs import define, field, frozen
from twisted.internet.defer import Deferred, succeed
from twisted.internet.interfaces import IReactorTime

from service.chains.coalescing import Coalescer
from service.chains.titles import Titles
from service.values import Title

#: Seconds for which a title is remembered, and how many are.
MAX_AGE = 60.0
MAX_KEPT = 256


@frozen
class _Kept:
    title: Title
    until: float


@define
class SharedTitles:
    """The ``titles`` of pages, fetched no more often than need be."""

    titles: Titles
    clock: IReactorTime
    _fetches: Coalescer[Title] = field(factory=Coalescer, init=False)
    _kept: OrderedDict[str, _Kept] = field(factory=OrderedDict, init=False)

    def get_page_title(self, url: str) -> Deferred[Title]:
        """Find the title of a page, as ``Titles.get_page_title`` does, or remember it.

        :return: a Deferred of the caller's own; the fetch is cancelled when nobody waits for it any more.
        """
        kept = self._kept.get(url)
        if kept is not None and self.clock.seconds() < kept.until:
            return succeed(kept.title)
        d = self._fetches.join(url, lambda: self.titles.get_page_title(url))
        return d.addCallback(self._keep, url)

    def _keep(self, title: Title, url: str) -> Title:
        if title.storable:
            self._kept.pop(url, None)
            self._kept[url] = _Kept(title, self.clock.seconds() + MAX_AGE)
            if len(self._kept) > MAX_KEPT:
                self._kept.popitem(last=False)
        return title
