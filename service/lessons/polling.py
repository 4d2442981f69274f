"""The slides' ``LoopingCall``, ``wait_for_file``: twice wrong, and once as it works.

``..._wrong`` and ``..._without_os`` are the slides' own, bug for bug, on a clock that stands in for the reactor. The
one without nesting, which can be cancelled, too, is in ``service.chains.files``.
"""

from os.path import exists

from twisted.internet import defer
from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IReactorTime
from twisted.internet.task import LoopingCall

#: The Deferred that ``wait_for_file`` returns, and the one of ``LoopingCall.start()``, which the slides drop.
Both = tuple[Deferred[None], Deferred[LoopingCall]]


def wait_for_file_wrong(
    filename: str,  # noqa: ARG001  nothing takes it: that is the mistake
    clock: IReactorTime,
    poll_interval: float = 1,
) -> Both:
    """``poll`` is called without its argument: the loop dies, nobody sees the TypeError, and ``d`` never fires."""
    d: Deferred[None] = defer.Deferred()

    def poll(filename: str) -> None:
        if exists(filename):  # pragma: no cover  it never gets here
            loop.stop()
            d.callback(None)

    loop = LoopingCall(poll)
    loop.clock = clock
    return d, loop.start(poll_interval)


def wait_for_file_without_os(filename: str, clock: IReactorTime, poll_interval: float = 1) -> Both:
    """Without ``import os`` the loop dies as well, of a NameError that nobody sees, and ``d`` never fires."""
    d: Deferred[None] = defer.Deferred()

    def poll(filename: str) -> None:
        if os.path.exists(filename):  # type: ignore[name-defined]  # noqa: F821  that is the mistake
            loop.stop()  # pragma: no cover  it never gets here
            d.callback(None)  # pragma: no cover  nor here

    loop = LoopingCall(poll, filename)
    loop.clock = clock
    return d, loop.start(poll_interval)


def wait_for_file(filename: str, clock: IReactorTime, poll_interval: float = 1) -> Both:
    """``LoopingCall`` takes the arguments of its function, and what ends the loop is passed on to ``d``."""
    d: Deferred[None] = defer.Deferred()

    def poll(filename: str) -> None:
        if exists(filename):
            loop.stop()
            d.callback(None)

    loop = LoopingCall(poll, filename)
    loop.clock = clock
    started = loop.start(poll_interval)
    started.addErrback(d.errback)
    return d, started
