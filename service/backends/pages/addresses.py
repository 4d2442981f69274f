"""SSRF policy: the addresses and ports that may be connected to, after the IANA special-purpose registries.

``ipaddress.is_global`` is not strict enough: it admits multicast, 6to4, and IPv4 addresses embedded in IPv6 ones.
"""

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Self

from attrs import frozen
from twisted.internet import address
from twisted.internet.interfaces import IAddress

from service.errors import BlockedPort

_SPECIAL_IPV4 = tuple(
    IPv4Network(network)
    for network in (
        "0.0.0.0/8",  # this network (RFC 791)
        "10.0.0.0/8",  # private use (RFC 1918)
        "100.64.0.0/10",  # shared address space (RFC 6598)
        "127.0.0.0/8",  # loopback (RFC 1122)
        "169.254.0.0/16",  # link local (RFC 3927), with the metadata services of clouds
        "172.16.0.0/12",  # private use (RFC 1918)
        "192.0.0.0/24",  # IETF protocol assignments (RFC 6890)
        "192.0.2.0/24",  # documentation (RFC 5737)
        "192.88.99.0/24",  # 6to4 relay anycast (RFC 7526)
        "192.168.0.0/16",  # private use (RFC 1918)
        "198.18.0.0/15",  # benchmarking (RFC 2544)
        "198.51.100.0/24",  # documentation (RFC 5737)
        "203.0.113.0/24",  # documentation (RFC 5737)
        "224.0.0.0/4",  # multicast (RFC 5771)
        "240.0.0.0/4",  # reserved (RFC 1112), limited broadcast (RFC 919)
    )
)
#: The only part of IPv6 that is in use on the Internet (RFC 4291, section 2.4); the rest is special.
_GLOBAL_UNICAST = IPv6Network("2000::/3")
_SPECIAL_IPV6 = tuple(
    IPv6Network(network)
    for network in (
        "2001::/23",  # IETF protocol assignments (RFC 2928), Teredo (RFC 4380) among them
        "2001:db8::/32",  # documentation (RFC 3849)
        "2002::/16",  # 6to4 (RFC 3056): an embedded IPv4 address, and deprecated (RFC 7526)
        "3fff::/20",  # documentation (RFC 9637)
    )
)
#: The prefix by which an IPv6-only network reaches IPv4 (RFC 6052): as public as the embedded address.
_NAT64 = IPv6Network("64:ff9b::/96")


def is_public(ip: IPv4Address | IPv6Address) -> bool:
    """Return whether an address is on the public Internet."""
    if isinstance(ip, IPv4Address):
        return not any(ip in network for network in _SPECIAL_IPV4)
    if ip in _NAT64:
        return is_public(IPv4Address(int(ip) & 0xFFFFFFFF))
    return ip in _GLOBAL_UNICAST and not any(ip in network for network in _SPECIAL_IPV6)


@frozen
class AddressPolicy:
    """An SSRF policy that permits public addresses and the ``allowed`` networks, at the given ``ports``."""

    allowed: tuple[IPv4Network | IPv6Network, ...] = ()
    ports: frozenset[int] = frozenset((80, 443))

    @classmethod
    def from_options(cls, options: dict[str, str]) -> Self:
        """Parse ``allow`` (networks) and ``ports`` (numbers), each separated by commas.

        :raise ValueError: if an option is unknown, or its value is invalid; its text says what is expected.
        """
        if not options.keys() <= {"allow", "ports"}:
            raise ValueError("only the options allow, ports, contact")
        default = cls()
        try:
            allowed = (
                tuple(ip_network(network) for network in options["allow"].split(",")) if "allow" in options else ()
            )
        except ValueError as error:
            raise ValueError("allow to be a list of networks, such as 127.0.0.0/8,fd00::/8") from error
        try:
            ports = frozenset(map(int, options["ports"].split(","))) if "ports" in options else default.ports
        except ValueError as error:
            raise ValueError("ports to be a list of numbers, such as 80,443,8080") from error
        return cls(allowed, ports)

    def check_port(self, port: int) -> None:
        """Check that a port is permitted.

        :raise BlockedPort: if it is not.
        """
        if port not in self.ports:
            raise BlockedPort(port)

    def admits(self, peer: IAddress) -> bool:
        """Return whether a connection to an address is permitted."""
        if not isinstance(peer, address.IPv4Address | address.IPv6Address):
            return False
        ip = ip_address(peer.host)
        return is_public(ip) or any(ip.version == network.version and ip in network for network in self.allowed)
