"""Name resolution in threads, with at most one look-up per thread.

A look-up cannot be interrupted. One that was cancelled goes on in its thread, and counts.
"""

import socket
from collections.abc import Sequence
from functools import partial
from threading import Thread
from typing import Any

from attrs import define, field
from twisted.internet.address import IPv4Address, IPv6Address
from twisted.internet.interfaces import IAddress, IHostnameResolver, IHostResolution, IResolutionReceiver
from twisted.internet.threads import deferToThreadPool
from twisted.logger import Logger
from twisted.python.failure import Failure
from twisted.python.threadpool import ThreadPool
from zope.interface import implementer

from service.errors import Overloaded

_log = Logger()


def make_pool(size: int) -> ThreadPool:
    """Make a pool of daemon threads: a look-up cannot be interrupted, and must not delay process exit."""
    pool = ThreadPool(0, size, "names")
    pool.threadFactory = partial(Thread, daemon=True)  # type: ignore[assignment]  # it is called like the class
    return pool


@implementer(IHostResolution)
@define
class Resolution:
    """A look-up of ``name`` for ``receiver``; once cancelled, it delivers nothing."""

    name: str
    receiver: IResolutionReceiver | None

    def cancel(self) -> None:
        self.receiver = None

    def deliver(self, found: list[IAddress]) -> None:
        """Pass the addresses to the receiver."""
        receiver, self.receiver = self.receiver, None
        if receiver is not None:
            for address in found:
                receiver.addressResolved(address)
            receiver.resolutionComplete()


@implementer(IHostnameResolver)
@define
class ThreadedResolver:
    """A resolver on ``getaddrinfo``; it accepts literal addresses in every spelling that the system knows."""

    reactor: Any
    pool: ThreadPool
    _under_way: int = field(default=0, init=False)

    def resolveHostName(
        self,
        resolutionReceiver: IResolutionReceiver,
        hostName: str,
        portNumber: int = 0,
        addressTypes: Sequence[type[IAddress]] | None = None,  # noqa: ARG002  endpoints accept any address
        transportSemantics: str = "TCP",  # noqa: ARG002  and use only TCP
    ) -> IHostResolution:
        """See ``IHostnameResolver``.

        :raise Overloaded: if every thread is busy.
        """
        resolution = Resolution(hostName, resolutionReceiver)
        literal = read_literal(hostName, portNumber)
        if literal is None and self._under_way == self.pool.max:
            raise Overloaded("too many names are being looked up; try again")
        resolutionReceiver.resolutionBegan(resolution)
        if literal is not None:
            resolution.deliver(literal)
            return resolution
        if not self.pool.started:
            self.pool.start()
        self._under_way += 1
        d = deferToThreadPool(self.reactor, self.pool, look_up, hostName, portNumber)
        d.addBoth(self._looked_up)
        d.addErrback(or_nothing, hostName)
        d.addCallback(resolution.deliver)
        return resolution

    def _looked_up(self, result: Any) -> Any:
        self._under_way -= 1
        return result


def read_literal(name: str, port: int) -> list[IAddress] | None:
    """Parse a literal address in any spelling that the system knows, without blocking; None for a name."""
    try:
        return look_up(name, port, socket.AI_NUMERICHOST)
    except (OSError, UnicodeError):
        return None


def look_up(name: str, port: int, flags: int = 0) -> list[IAddress]:
    """Look up the addresses of a name in the system's resolver, which blocks."""
    answers = socket.getaddrinfo(name, port, type=socket.SOCK_STREAM, flags=flags)
    addresses: list[IAddress] = []
    for family, _, _, _, found in answers:
        kind = IPv6Address if family == socket.AF_INET6 else IPv4Address
        addresses.append(kind("TCP", str(found[0]), int(found[1])))
    return addresses


def or_nothing(failure: Failure, name: str) -> list[IAddress]:
    """Recover from a name that cannot be resolved: return an empty list."""
    failure.trap(OSError, UnicodeError)
    _log.info("cannot resolve {name!r}: {reason!r}", name=name, reason=failure.value)
    return []
