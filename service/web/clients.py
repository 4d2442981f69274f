"""Who has sent a request: the peer of its connection, or whom a trusted proxy names."""

import re
from collections.abc import Iterable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Any, NamedTuple

from attrs import frozen

_MAPPED = "::ffff:"
#: ``for=`` of the ``Forwarded`` header (RFC 7239, section 4).
_FOR = re.compile(r'(?:^|[,;])[ \t]*for=("(?:[^"\\]|\\.)*"|[^,; \t]*)', re.IGNORECASE)
#: An address with a port, which some proxies add; one of IPv6 is then in brackets.
_ADDRESS = re.compile(r"\[([^\]]*)\](?::[0-9]*)?|([0-9]+\.[0-9.]+):[0-9]*")


class Client(NamedTuple):
    """The address that a request is attributed to, and whether it is one client's: that of a proxy is not."""

    address: str
    is_one: bool


#: The peer at the other end of a Unix domain socket.
LOCAL = Client("unix", is_one=False)


@frozen
class TrustedProxies:
    """The addresses whose ``X-Forwarded-For`` or, without that, ``Forwarded`` is believed."""

    networks: tuple[IPv4Network | IPv6Network, ...] = ()

    def client_of(self, request: Any) -> Client:
        """Return who has sent a request: of the addresses it has come through, the nearest that is not trusted."""
        peer = peer_of(request)
        if peer is None:
            return LOCAL
        if not self.networks or not self._trust(ip_address(peer)):
            return Client(peer, is_one=True)
        for text in forwarded_for(request):
            address = as_address(text)
            if address is None:
                break  # the proxy does not know or say who that is
            if not self._trust(address):
                return Client(str(address), is_one=True)
        return Client(peer, is_one=False)

    def has_sent(self, request: Any) -> bool:
        """Return whether a request comes directly from a trusted proxy."""
        peer = peer_of(request)
        return peer is not None and self._trust(ip_address(peer))

    def _trust(self, address: IPv4Address | IPv6Address) -> bool:
        return any(address in network for network in self.networks)


def peer_of(request: Any) -> str | None:
    """Return the address at the other end of the connection, None for a Unix domain socket."""
    host = getattr(request.getClientAddress(), "host", None)
    return None if host is None else unmapped(host)


def forwarded_for(request: Any) -> Iterable[str]:
    """Return the addresses that a request has come through, as its header fields name them, the nearest first."""
    listed = _joined(request, b"X-Forwarded-For")
    if listed:
        return reversed(listed.split(","))
    return reversed(_FOR.findall(_joined(request, b"Forwarded")))


def as_address(text: str) -> IPv4Address | IPv6Address | None:
    """Parse an address with or without a port; None if it is not an address, such as ``unknown``."""
    text = text.strip(' \t"')
    with_port = _ADDRESS.fullmatch(text)
    if with_port:
        text = with_port[1] or with_port[2]
    try:
        return ip_address(unmapped(text))
    except ValueError:
        return None


def unmapped(host: str) -> str:
    """Return an IPv4 address for one that is mapped into IPv6, as a socket for both families reports it."""
    return host[len(_MAPPED) :] if host.startswith(_MAPPED) and "." in host else host


def _joined(request: Any, name: bytes) -> str:
    return b",".join(request.requestHeaders.getRawHeaders(name, [])).decode("latin-1")
