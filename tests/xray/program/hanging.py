"""A program of another project, which hangs in ``inlineCallbacks`` functions and coroutines, and can be asked why.

It prints what there is to see, or waits to be asked at the socket that is its argument.
"""

import sys
from typing import Any

import deferred_xray as xray
from twisted.internet import reactor as _reactor
from twisted.internet.defer import Deferred, ensureDeferred, gatherResults, inlineCallbacks, succeed
from twisted.internet.task import deferLater

reactor: Any = _reactor


@inlineCallbacks
def crawl() -> Any:
    """Wait for a coroutine."""
    yield ensureDeferred(fetch_all())


async def fetch_all() -> None:
    """Wait for several pages, of which one does not come."""
    await gatherResults([fetch(page) for page in range(3)])


@inlineCallbacks
def fetch(page: int) -> Any:
    """Wait for a page."""
    yield (Deferred() if page == 2 else deferLater(reactor, 0))


def main(path: str | None = None) -> None:
    """Begin, and show the tree in a moment; with a path, be there to be asked."""
    xray.install()
    chain = succeed(1).addCallback(lambda _: crawl())
    if path is not None:
        xray.listen(path)
        print("listening", flush=True)
    else:
        reactor.callLater(0.05, show, chain)
    reactor.run()


def show(chain: Deferred[Any]) -> None:
    """Show what is known, and end."""
    print(xray.as_text(xray.tree()))
    print(xray.as_text(xray.of(chain)))
    reactor.stop()


if __name__ == "__main__":
    main(*sys.argv[1:])
