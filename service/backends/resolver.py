"""Name resolution in threads, with at most one look-up per thread.

A look-up cannot be interrupted. One that was cancelled goes on in its thread, and counts.
"""

import socket
from functools import partial
from threading import Thread
from typing import Any, Protocol

from attrs import define, field
from twisted.internet.address import IPv4Address, IPv6Address
from twisted.internet.defer import Deferred, fail, succeed
from twisted.internet.threads import deferToThreadPool
from twisted.logger import Logger
from twisted.python.failure import Failure
from twisted.python.threadpool import ThreadPool

from service.backends.cancelling import shielded
from service.errors import Overloaded

_log = Logger()

#: A place that can be connected to.
Address = IPv4Address | IPv6Address


def make_pool(size: int) -> ThreadPool:
    """Make a pool of daemon threads: a look-up cannot be interrupted, and must not delay process exit."""
    pool = ThreadPool(0, size, "names")
    pool.threadFactory = partial(Thread, daemon=True)  # type: ignore[assignment]  # it is called like the class
    return pool


class Resolver(Protocol):
    """A resolver of host names."""

    def look_up(self, host: str, port: int) -> Deferred[list[Address]]:
        """Look up the addresses of a host, which is a name in ASCII or a literal address.

        :return: a Deferred that fires with the addresses, none if the name is unknown; or fails with ``Overloaded`` if
            there are too many look-ups at the same time.
        """


@define
class ThreadedResolver(Resolver):
    """A resolver on ``getaddrinfo``: it takes any name that the system can look up.

    It passes names on as they are, including those that are not valid under IDNA 2008, such as names with underscores.
    """

    reactor: Any
    pool: ThreadPool
    _under_way: int = field(default=0, init=False)

    def look_up(self, host: str, port: int) -> Deferred[list[Address]]:
        """See ``Resolver``; it fails with ``Overloaded`` if every thread is busy."""
        literal = read_literal(host, port)
        if literal is not None:
            return succeed(literal)
        if self._under_way == self.pool.max:
            return fail(Overloaded("too many names are being looked up; try again"))
        if not self.pool.started:
            self.pool.start()
        self._under_way += 1
        d: Deferred[list[Address]] = deferToThreadPool(self.reactor, self.pool, addresses_of, host, port)
        d.addBoth(self._looked_up)
        d.addErrback(or_nothing, host)
        return shielded(d)

    def _looked_up(self, result: Any) -> Any:
        self._under_way -= 1
        return result


def read_literal(host: str, port: int) -> list[Address] | None:
    """Parse a literal address in any spelling that the system knows, without blocking; None for a name."""
    try:
        return addresses_of(host, port, socket.AI_NUMERICHOST)
    except OSError:
        return None


def addresses_of(host: str, port: int, flags: int = 0) -> list[Address]:
    """Look up the addresses of a host in the system's resolver, which blocks.

    :raise OSError: if it has none.
    """
    # Bytes, since Python refuses some names that are text: those with a label that is empty or longer than 63.
    answers = socket.getaddrinfo(host.encode("ascii"), port, type=socket.SOCK_STREAM, flags=flags)
    addresses: list[Address] = []
    for family, _, _, _, found in answers:
        kind = IPv6Address if family == socket.AF_INET6 else IPv4Address
        addresses.append(kind("TCP", str(found[0]), int(found[1])))
    return addresses


def or_nothing(failure: Failure, host: str) -> list[Address]:
    """Recover from a name that cannot be resolved: return an empty list."""
    failure.trap(OSError)
    _log.info("cannot resolve {host!r}: {reason!r}", host=host, reason=failure.value)
    return []
