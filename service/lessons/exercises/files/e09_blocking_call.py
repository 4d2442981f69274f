"""Exercise 9: move a blocking call.

``read_report`` should return a Deferred that fires with what ``read()`` returns. ``read`` blocks, so it should run in
one of the ``threads``: ``deferToThreadPool(reactor, threads, read)``. As it is, the reactor is kept waiting.
The function comes ``from twisted.internet.threads import deferToThreadPool``; see lesson 9.
"""

from twisted.internet.defer import succeed


def read_report(reactor, threads, read):
    return succeed(read())
