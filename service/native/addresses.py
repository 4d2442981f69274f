"""Names of sockets become addresses as Twisted has them."""

from typing import Any

from twisted.internet.address import IPv4Address, IPv6Address, UNIXAddress
from twisted.internet.interfaces import IAddress


def as_address(name: Any) -> IAddress:
    """Make of a socket's name what Twisted calls an address."""
    if not isinstance(name, tuple):
        return UNIXAddress(name or None)
    host, port, *more = name
    return IPv6Address("TCP", host, port, *more) if more else IPv4Address("TCP", host, port)
