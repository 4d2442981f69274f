"""A program that hangs in an ``inlineCallbacks`` function and in a coroutine, and can be asked why: as any other project's.

It prints what it has to show about itself, or waits to be asked at the socket that is its argument.
"""

import sys

from twisted.internet import reactor
from twisted.internet.defer import Deferred, ensureDeferred, gatherResults, inlineCallbacks, succeed
from twisted.internet.task import deferLater

import deferred_xray as xray


@inlineCallbacks
def crawl():
    """Wait for a coroutine."""
    yield ensureDeferred(fetch_all())


async def fetch_all():
    """Wait for several pages, of which one does not come."""
    await gatherResults([fetch(page) for page in range(3)])


@inlineCallbacks
def fetch(page):
    """Wait for a page."""
    yield (Deferred() if page == 2 else deferLater(reactor, 0))


def main(path=None):
    """Begin, and show the tree in a moment; with a path, be there to be asked."""
    xray.install()
    chain = succeed(1).addCallback(lambda _: crawl())
    if path is not None:
        xray.listen(path)
        print("listening", flush=True)
    else:
        reactor.callLater(0.05, show, chain)
    reactor.run()


def show(chain):
    """Show what is known, and end."""
    print(xray.as_text(xray.tree()))
    print(xray.as_text(xray.of(chain)))
    reactor.stop()


if __name__ == "__main__":
    main(*sys.argv[1:])
