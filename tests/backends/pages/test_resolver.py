"""Name resolution in threads."""

from collections.abc import Iterator
from threading import Event
from typing import Any

import pytest
from pytest_twisted import ensureDeferred
from twisted.internet.address import IPv4Address, IPv6Address
from twisted.internet.interfaces import IHostnameResolver, IHostResolution
from twisted.internet.threads import deferToThreadPool
from zope.interface.verify import verifyObject

from service.backends.pages.resolver import Resolution, ThreadedResolver, make_pool
from service.errors import Overloaded
from tests.backends.pages.webserver import Receiver
from tests.results import result_of


@pytest.fixture
def resolver(running_reactor: Any) -> Iterator[ThreadedResolver]:
    made = ThreadedResolver(running_reactor, make_pool(2))
    yield made
    if made.pool.started:
        made.pool.stop()


@ensureDeferred
@pytest.mark.parametrize(
    ("name", "addresses"),
    [
        ("127.0.0.1", [IPv4Address("TCP", "127.0.0.1", 80)]),
        ("127.1", [IPv4Address("TCP", "127.0.0.1", 80)]),
        ("0x7f.1", [IPv4Address("TCP", "127.0.0.1", 80)]),
        ("2130706433", [IPv4Address("TCP", "127.0.0.1", 80)]),
        ("017700000001", [IPv4Address("TCP", "127.0.0.1", 80)]),
        ("::1", [IPv6Address("TCP", "::1", 80)]),
        ("::ffff:127.0.0.1", [IPv6Address("TCP", "::ffff:127.0.0.1", 80)]),
        ("nothing.invalid", []),
        ("a" * 64, []),
        ("é" * 64, []),
    ],
)
async def test_names(resolver: ThreadedResolver, name: str, addresses: list[Any]) -> None:
    """A literal address is accepted in any spelling; an unknown name has no addresses."""
    receiver = Receiver()
    resolution = resolver.resolveHostName(receiver, name, 80)
    assert resolution is receiver.resolution
    assert resolution.name == name
    assert await receiver.complete == addresses


@ensureDeferred
async def test_to_stop_listening(resolver: ThreadedResolver, running_reactor: Any) -> None:
    """A cancelled look-up does not deliver its result."""
    receiver = Receiver()
    resolver.resolveHostName(receiver, "localhost", 80).cancel()
    for _ in range(2):
        await deferToThreadPool(running_reactor, resolver.pool, lambda: None)
    assert receiver.found == []
    assert not receiver.complete.called


def test_a_literal_address_needs_no_thread(running_reactor: Any) -> None:
    """A literal address is resolved immediately, even if all threads are busy."""
    resolver = ThreadedResolver(running_reactor, make_pool(0))
    receiver = Receiver()
    resolver.resolveHostName(receiver, "127.1", 80)
    assert result_of(receiver.complete) == [IPv4Address("TCP", "127.0.0.1", 80)]
    assert not resolver.pool.started


@ensureDeferred
async def test_no_more_look_ups_than_threads(resolver: ThreadedResolver, monkeypatch: pytest.MonkeyPatch) -> None:
    """A cancelled look-up counts as long as its thread is busy; a look-up without a free thread is refused."""
    go = Event()

    def getaddrinfo(*_: Any, flags: int, **__: Any) -> list[Any]:
        if flags:
            raise OSError
        go.wait()
        return []

    monkeypatch.setattr("service.backends.pages.resolver.socket.getaddrinfo", getaddrinfo)
    receivers = [Receiver() for _ in range(3)]
    resolver.resolveHostName(receivers[0], "slow.example", 80).cancel()
    resolver.resolveHostName(receivers[1], "slow.example", 80)
    with pytest.raises(Overloaded, match="too many names are being looked up"):
        resolver.resolveHostName(receivers[2], "other.example", 80)
    go.set()
    assert await receivers[1].complete == []
    resolver.resolveHostName(receivers[2], "other.example", 80)
    assert await receivers[2].complete == []


def test_threads_that_do_not_stay() -> None:
    """A thread that hangs in a look-up does not keep the process from ending."""
    pool = make_pool(1)
    pool.start()
    pool.callInThread(lambda: None)
    assert [thread.daemon for thread in pool.threads] == [True]
    pool.stop()


def test_interfaces(resolver: ThreadedResolver) -> None:
    """Both classes provide their whole interface."""
    verifyObject(IHostnameResolver, resolver)
    verifyObject(IHostResolution, Resolution("x", None))
