"""Who has sent a request: what a trusted proxy says counts, and what anybody else says does not."""

from typing import Any

import pytest
from twisted.internet.address import IPv4Address, IPv6Address, UNIXAddress
from twisted.internet.interfaces import IAddress
from twisted.web.http_headers import Headers

from service.command.option_types import Networks
from service.web.clients import Client, TrustedProxies, unmapped


class Request:
    """A request from a peer with header fields."""

    def __init__(self, peer: IAddress | str, **fields: str | list[str]) -> None:
        self.peer = IPv4Address("TCP", peer, 1) if isinstance(peer, str) else peer
        lines = {name.replace("_", "-"): [v] if isinstance(v, str) else v for name, v in fields.items()}
        self.requestHeaders = Headers(lines)

    def getClientAddress(self) -> IAddress:
        return self.peer


def client_of(request: Request, trusted: str = "10.0.0.0/8,::1,fd00::/8") -> Client:
    networks: Any = Networks().convert(trusted, None, None)
    return TrustedProxies(networks).client_of(request)


def test_without_proxies() -> None:
    """Without trusted proxies the client is the peer, whatever the header fields say."""
    request = Request("10.0.0.1", X_Forwarded_For="1.2.3.4", Forwarded="for=1.2.3.4")
    assert client_of(request, trusted="") == Client("10.0.0.1", is_one=True)


def test_a_peer_that_is_not_trusted() -> None:
    """Anybody can send the header fields of a proxy, and is not believed."""
    request = Request("192.0.2.1", X_Forwarded_For="1.2.3.4", Forwarded="for=1.2.3.4")
    assert client_of(request) == Client("192.0.2.1", is_one=True)


@pytest.mark.parametrize(
    ("fields", "address"),
    [
        ({"X_Forwarded_For": "1.2.3.4"}, "1.2.3.4"),
        ({"X_Forwarded_For": "1.2.3.4:567"}, "1.2.3.4"),
        ({"X_Forwarded_For": "2001:db8::1"}, "2001:db8::1"),
        ({"X_Forwarded_For": "[2001:db8::1]:567"}, "2001:db8::1"),
        ({"X_Forwarded_For": "::ffff:1.2.3.4"}, "1.2.3.4"),
        ({"X_Forwarded_For": "6.6.6.6, 1.2.3.4"}, "1.2.3.4"),
        ({"X_Forwarded_For": "6.6.6.6, 1.2.3.4 ,10.1.1.1,\tfd00::1"}, "1.2.3.4"),
        ({"X_Forwarded_For": ["6.6.6.6", "1.2.3.4, 10.2.2.2"]}, "1.2.3.4"),
        ({"X_Forwarded_For": "1.2.3.4", "Forwarded": "for=6.6.6.6"}, "1.2.3.4"),
        ({"Forwarded": "for=1.2.3.4"}, "1.2.3.4"),
        ({"Forwarded": "For=1.2.3.4;proto=https;by=10.0.0.1"}, "1.2.3.4"),
        ({"Forwarded": 'proto=https; for="[2001:db8::1]:567"'}, "2001:db8::1"),
        ({"Forwarded": 'for="a,b;for=5.5.5.5", for=1.2.3.4, for=10.0.0.9'}, "1.2.3.4"),
        ({"Forwarded": ["for=6.6.6.6", 'for="1.2.3.4:5"']}, "1.2.3.4"),
    ],
)
def test_a_trusted_proxy(fields: dict[str, str], address: str) -> None:
    """Behind trusted proxies the client is the nearest address that is not trusted; it cannot invent another one."""
    assert client_of(Request("10.0.0.1", **fields)) == Client(address, is_one=True)


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"X_Forwarded_For": ""},
        {"X_Forwarded_For": "10.0.0.2"},
        {"X_Forwarded_For": "unknown"},
        {"X_Forwarded_For": "1.2.3.4, unknown"},
        {"X_Forwarded_For": "1.2.3.4,"},
        {"X_Forwarded_For": "999.1.1.1"},
        {"Forwarded": "for=_hidden"},
        {"Forwarded": "for=unknown, for=10.0.0.2"},
        {"Forwarded": "proto=https"},
    ],
)
def test_a_proxy_that_names_nobody(fields: dict[str, str]) -> None:
    """Where a trusted proxy names nobody, the request is the proxy's own, and not that of one client."""
    assert client_of(Request("10.0.0.1", **fields)) == Client("10.0.0.1", is_one=False)


def test_a_unix_socket() -> None:
    """The peer at a Unix domain socket has no address, and is not one client."""
    assert client_of(Request(UNIXAddress(""), X_Forwarded_For="1.2.3.4")) == Client("unix", is_one=False)


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("::ffff:0:1", "::ffff:0:1"),
        ("2001:db8::1", "2001:db8::1"),
        ("fe80::1%eth0", "fe80::1%eth0"),
    ],
)
def test_a_socket_for_both_families(host: str, address: str) -> None:
    """An IPv4 peer at a socket for both families is called by its IPv4 address, and is matched as that."""
    assert unmapped(host) == address
    assert client_of(Request(IPv6Address("TCP", host, 1)), trusted="127.0.0.1") == Client(address, is_one=True)
    if address != host:
        assert client_of(Request(IPv6Address("TCP", host, 1)), trusted="192.0.2.0/24").is_one is False
