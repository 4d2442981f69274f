"""The slides' ``LoopingCall`` example, ``wait_for_file``: two mistakes and the fix.

``..._wrong`` and ``..._without_os`` are the slides' own, bug for bug, with a clock in place of the reactor. A version
without nesting that can also be cancelled is in ``service.chains.files``.
"""

from os.path import exists

from twisted.internet import defer
from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IReactorTime
from twisted.internet.task import LoopingCall

#: The Deferred that ``wait_for_file`` returns, and that of ``LoopingCall.start()``, which the slides drop.
Both = tuple[Deferred[None], Deferred[LoopingCall]]


def wait_for_file_wrong(
    filename: str,  # noqa: ARG001  it is not passed on: that is the mistake
    clock: IReactorTime,
    poll_interval: float = 1,
) -> Both:
    """Call ``poll`` without its argument: the loop dies of a TypeError that is only logged, and ``d`` never fires."""
    d: Deferred[None] = defer.Deferred()

    def poll(filename: str) -> None:
        if exists(filename):  # pragma: no cover  it never gets here
            loop.stop()
            d.callback(None)

    loop = LoopingCall(poll)
    loop.clock = clock
    return d, loop.start(poll_interval)


def wait_for_file_without_os(filename: str, clock: IReactorTime, poll_interval: float = 1) -> Both:
    """Forget ``import os``: the loop dies of a NameError that is only logged, and ``d`` never fires."""
    d: Deferred[None] = defer.Deferred()

    def poll(filename: str) -> None:
        if os.path.exists(filename):  # type: ignore[name-defined]  # noqa: F821  that is the mistake
            loop.stop()  # pragma: no cover  it never gets here
            d.callback(None)  # pragma: no cover  nor here

    loop = LoopingCall(poll, filename)
    loop.clock = clock
    return d, loop.start(poll_interval)


def wait_for_file(filename: str, clock: IReactorTime, poll_interval: float = 1) -> Both:
    """Pass the argument of ``poll`` to ``LoopingCall``, and the failure of the loop to ``d``."""
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
