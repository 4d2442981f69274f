"""SSRF policy: which addresses and ports may be connected to."""

from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

import pytest
from hypothesis import given, strategies as st
from twisted.internet import address

from service.backends.pages.addresses import AddressPolicy, is_public
from service.errors import BlockedPort

PUBLIC = [
    *("1.1.1.1", "8.8.8.8", "93.184.215.14", "100.63.255.255", "100.128.0.0", "172.15.255.255", "172.32.0.0"),
    *("192.0.1.0", "198.17.255.255", "198.20.0.0", "223.255.255.255"),
    *("2606:2800:21f:cb07:6820:80da:af6b:8b2c", "2001:200::1", "2a00:1450:4001:82f::200e", "3ffe::1", "2c0f::1"),
    "64:ff9b::8.8.8.8",
]
NOT_PUBLIC = [
    *("0.0.0.0", "0.1.2.3", "10.0.0.1", "100.64.0.1", "127.0.0.1", "127.255.255.254", "169.254.169.254"),
    *("172.16.0.1", "172.31.255.255", "192.0.0.8", "192.0.0.170", "192.0.2.1", "192.88.99.1", "192.168.0.1"),
    *("198.18.0.1", "198.19.255.255", "198.51.100.1", "203.0.113.1", "224.0.0.1", "239.255.255.255"),
    *("240.0.0.1", "255.255.255.255"),
    *("::", "::1", "::127.0.0.1", "::8.8.8.8", "::ffff:127.0.0.1", "::ffff:8.8.8.8", "::ffff:0:8.8.8.8"),
    *("64:ff9b::127.0.0.1", "64:ff9b::10.0.0.1", "64:ff9b:1::8.8.8.8", "100::1", "2001::1", "2001:db8::1"),
    *("2001:0:4136:e378:8000:63bf:3fff:fdd2", "2001:20::1", "2002:7f00:1::", "2002:808:808::1", "3fff::1"),
    *("4000::1", "5f00::1", "fc00::1", "fd00:ec2::254", "fe80::1", "fe80::1%eth0", "fec0::1", "ff02::1", "ff0e::1"),
]
IPV4 = st.integers(0, 2**32 - 1).map(IPv4Address)
IPV6 = st.integers(0, 2**128 - 1).map(IPv6Address)
GLOBAL_UNICAST = st.integers(0x2000 << 112, (0x4000 << 112) - 1).map(IPv6Address)


@pytest.mark.parametrize("text", PUBLIC)
def test_public_addresses(text: str) -> None:
    """Internet addresses are public, right up to the borders of the special networks."""
    assert is_public(ip_address(text))


@pytest.mark.parametrize("text", NOT_PUBLIC)
def test_addresses_that_are_not_public(text: str) -> None:
    """Special-purpose addresses are not public, and neither are IPv4 addresses embedded in them."""
    assert not is_public(ip_address(text))


@given(IPV4 | IPV6 | GLOBAL_UNICAST)
def test_what_python_calls_special(ip: IPv4Address | IPv6Address) -> None:
    """An address that the standard library calls special is not public here."""
    special = (ip.is_private, ip.is_loopback, ip.is_link_local, ip.is_multicast, ip.is_reserved, ip.is_unspecified)
    if any(special) and ip not in IPv6Network("64:ff9b::/96"):
        assert not is_public(ip)


@given(IPV4)
def test_wrapped_addresses(ip: IPv4Address) -> None:
    """An IPv4 address embedded in NAT64's prefix is as public as itself, and in any other prefix never public."""
    assert is_public(IPv6Address(int(IPv6Address("64:ff9b::")) | int(ip))) is is_public(ip)
    for prefix in ("::", "::ffff:0:0", "::ffff:0:0:0", "64:ff9b:1::", "2001::"):
        assert not is_public(IPv6Address(int(IPv6Address(prefix)) | int(ip)))
    assert not is_public(IPv6Address(0x2002 << 112 | int(ip) << 80))


@given(IPV6.filter(lambda ip: ip not in IPv6Network("2000::/3") and ip not in IPv6Network("64:ff9b::/96")))
def test_only_global_unicast(ip: IPv6Address) -> None:
    """An IPv6 address outside of global unicast and NAT64 is not public."""
    assert not is_public(ip)


def tcp(host: str) -> address.IPv4Address | address.IPv6Address:
    return (address.IPv6Address if ":" in host else address.IPv4Address)("TCP", host, 80)


def test_what_an_operator_names() -> None:
    """Only the allowed networks are permitted in addition to public addresses."""
    policy = AddressPolicy.from_options({"allow": "127.0.0.0/8,fd00::/8"})
    admitted = ["127.0.0.1", "127.9.9.9", "fd00::1", "8.8.8.8"]
    refused = ["10.0.0.1", "::1", "::ffff:127.0.0.1", "64:ff9b::127.0.0.1", "fc00::1", "169.254.169.254"]
    assert [policy.admits(tcp(host)) for host in admitted] == [True] * 4
    assert [policy.admits(tcp(host)) for host in refused] == [False] * 6


def test_what_is_no_number() -> None:
    """An address that is not an IP address is not permitted."""
    assert not AddressPolicy().admits(address.HostnameAddress(b"example.org", 80))
    assert not AddressPolicy().admits(address.UNIXAddress("/run/docker.sock"))


def test_ports() -> None:
    """The default ports are 80 and 443; the option ``ports`` replaces them."""
    AddressPolicy().check_port(443)
    with pytest.raises(BlockedPort, match="no pages are fetched from port 22"):
        AddressPolicy().check_port(22)
    policy = AddressPolicy.from_options({"ports": "8081,22"})
    policy.check_port(22)
    with pytest.raises(BlockedPort):
        policy.check_port(80)


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"allow": "127.0.0.1/8"}, "allow to be a list of networks, such as 127.0.0.0/8,fd00::/8"),
        ({"allow": ""}, "allow to be a list of networks, such as 127.0.0.0/8,fd00::/8"),
        ({"ports": "http"}, "ports to be a list of numbers, such as 80,443,8080"),
        ({"ports": ""}, "ports to be a list of numbers, such as 80,443,8080"),
        ({"port": "80"}, "only the options allow, ports, contact"),
    ],
)
def test_options_that_cannot_be(options: dict[str, str], expected: str) -> None:
    """The error for an invalid option says in one line what is expected."""
    with pytest.raises(ValueError, match=f"^{expected}$"):
        AddressPolicy.from_options(options)
