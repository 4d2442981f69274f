"""SSRF tests with a canary server: whatever a URL says, an address that is not public is all_of_it connected to.

The canary listens on loopback, at a permitted port, so that only its address protects it.
"""

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_twisted
from attrs import define
from pytest_twisted import ensureDeferred

from service.backends.pages.fetcher import PageFetcher
from service.backends.resolver import ThreadedResolver, make_pool
from service.errors import BlockedAddress, BlockedPort, DNSError, InvalidURL, ServiceError
from tests.backends.pages.webserver import LOOPBACK, OK, Names, Server, all_of_it, make_fetcher, say
from tests.client import Turns, until

#: Spelling of a host -> the error that it is refused with.
SPELLINGS: dict[str, type[ServiceError] | tuple[type[ServiceError], ...]] = {
    "127.0.0.1": BlockedAddress,
    "127.1": BlockedAddress,
    "127.0.1": BlockedAddress,
    "127.9.9.9": BlockedAddress,
    "2130706433": BlockedAddress,
    "0x7f000001": BlockedAddress,
    "0x7F.0x0.0x0.0x1": BlockedAddress,
    "0177.0.0.1": BlockedAddress,
    "017700000001": BlockedAddress,
    "0x7f.1": BlockedAddress,
    "0": BlockedAddress,
    "0.0.0.0": BlockedAddress,
    "localhost": BlockedAddress,
    "LOCALHOST": BlockedAddress,
    "localhost.": (BlockedAddress, DNSError),
    "127.0.0.1.": (BlockedAddress, DNSError),
    "１２７.０.０.１": BlockedAddress,
    "127。0。0。1": BlockedAddress,
    "①②⑦.⓪.⓪.①": BlockedAddress,
    "ｌｏｃａｌｈｏｓｔ": BlockedAddress,
    "169.254.169.254": BlockedAddress,
    "10.0.0.1": BlockedAddress,
    "192.168.0.1": BlockedAddress,
    "224.0.0.1": BlockedAddress,
    "255.255.255.255": BlockedAddress,
    "[::1]": BlockedAddress,
    "[0:0:0:0:0:0:0:1]": BlockedAddress,
    "[::]": BlockedAddress,
    "[::127.0.0.1]": BlockedAddress,
    "[::ffff:127.0.0.1]": BlockedAddress,
    "[::ffff:7f00:1]": BlockedAddress,
    "[64:ff9b::127.0.0.1]": BlockedAddress,
    "[64:ff9b:1::7f00:1]": BlockedAddress,
    "[2002:7f00:1::]": BlockedAddress,
    "[2001:0:7f00:1::]": BlockedAddress,
    "[fe80::1]": BlockedAddress,
    "[fec0::1]": BlockedAddress,
    "[fd00::1]": BlockedAddress,
    "[ff02::1]": BlockedAddress,
    "127.0.0.1:": InvalidURL,
    "[fe80::1%25lo]": InvalidURL,
    "user@127.0.0.1": InvalidURL,
    "buildbot.net@127.0.0.1": InvalidURL,
    "buildbot.net:80@127.0.0.1": InvalidURL,
    "127.0.0.1\\@buildbot.net": BlockedPort,
    "buildbot.net\\@127.0.0.1": BlockedPort,
    "127.0.0.1%00.buildbot.net": InvalidURL,
    "127.0.0.1 .buildbot.net": InvalidURL,
    "127%2e0%2e0%2e1": BlockedAddress,
    "%31%32%37.0.0.1": BlockedAddress,
    "127.0.0\t.1": BlockedAddress,
    "l\u00adocalhost": BlockedAddress,
    "0x1.0x2.0x7f.256.1": InvalidURL,
}


@define
class Canary:
    """A server that counts its connections."""

    server: Server
    port: int
    resolver: ThreadedResolver
    reactor: Any

    @property
    def fetcher(self) -> PageFetcher:
        return make_fetcher(self.reactor, self.resolver, "", [self.port])

    async def count(self) -> int:
        await until(self.reactor, Turns(5))
        return len(self.server.connections)


@pytest_twisted.async_yield_fixture
async def canary(running_reactor: Any) -> AsyncIterator[Canary]:
    server = Server(say(OK, b"Content-Length: 0"))
    port = await server.listen(running_reactor)
    resolver = ThreadedResolver(running_reactor, make_pool(4))
    yield Canary(server, port, resolver, running_reactor)
    if resolver.pool.started:
        resolver.pool.stop()
    await server.port.stopListening()


@ensureDeferred
@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.parametrize("host", SPELLINGS)
async def test_spellings(canary: Canary, scheme: str, host: str) -> None:
    """An address that is not public is refused in every spelling, without a connection."""
    with pytest.raises(SPELLINGS[host]):
        await canary.fetcher.fetch(f"{scheme}://{host}:{canary.port}/", all_of_it)
    assert await canary.count() == 0


@ensureDeferred
async def test_the_canary_sings(canary: Canary) -> None:
    """If loopback is allowed, the same fetch does connect, which shows that the canary works."""
    fetcher = make_fetcher(canary.reactor, canary.resolver, "127.0.0.0/8", [canary.port])
    assert (await fetcher.fetch(f"http://127.1:{canary.port}/", all_of_it)).body == b""
    assert await canary.count() == 1


@ensureDeferred
@pytest.mark.parametrize("answers", [[LOOPBACK], [LOOPBACK, "::1", "10.0.0.1"]])
async def test_a_name_that_leads_here(canary: Canary, answers: list[str]) -> None:
    """A host name that resolves to loopback is refused."""
    fetcher = make_fetcher(canary.reactor, Names([answers]), "", [canary.port])
    with pytest.raises(BlockedAddress):
        await fetcher.fetch(f"http://rebind.example:{canary.port}/", all_of_it)
    assert await canary.count() == 0


@ensureDeferred
@pytest.mark.parametrize(
    "location",
    ["http://{canary}/", "http://localhost:{port}/", "//{canary}/", "/again", "http://[::ffff:127.0.0.1]:{port}/"],
)
async def test_a_redirect_that_leads_here(canary: Canary, location: str) -> None:
    """A redirect to a blocked address is refused: by address, by name, and by DNS rebinding."""
    where = location.format(canary=f"{LOOPBACK}:{canary.port}", port=canary.port)
    sender = Server(say(b"HTTP/1.1 302 Found", b"Location: " + where.encode(), b"Content-Length: 0"))
    # The name resolves to a permitted address of this machine once, and then always to the canary's.
    port = await sender.listen(canary.reactor, "127.0.0.2")
    names = Names([["127.0.0.2"], [LOOPBACK]])
    fetcher = make_fetcher(canary.reactor, names, "127.0.0.2/32", [canary.port, port])
    with pytest.raises(BlockedAddress):
        await fetcher.fetch(f"http://sender.example:{port}/", all_of_it)
    await sender.connections[0].closed
    assert len(sender.connections) == 1
    assert await canary.count() == 0
    await sender.port.stopListening()


@ensureDeferred
async def test_one_of_several_addresses(canary: Canary) -> None:
    """Of several addresses only a permitted one is connected to, in any order."""
    other = Server(say(OK, b"Content-Length: 2", body=b"ok"))
    port = await other.listen(canary.reactor, "127.0.0.2")
    for answers in ([LOOPBACK, "127.0.0.2"], ["127.0.0.2", LOOPBACK]):
        fetcher = make_fetcher(canary.reactor, Names([answers]), "127.0.0.2/32", [port])
        assert (await fetcher.fetch(f"http://both.example:{port}/", all_of_it)).body == b"ok"
    assert await canary.count() == 0
    for connection in other.connections:
        await connection.closed
    await other.port.stopListening()
