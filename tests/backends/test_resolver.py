"""Name resolution in threads."""

from collections.abc import Iterator
from threading import Event
from typing import Any

import pytest
from pytest_twisted import ensureDeferred
from twisted.internet.address import IPv4Address, IPv6Address
from twisted.internet.defer import CancelledError
from twisted.internet.threads import deferToThreadPool

from service.backends.resolver import ThreadedResolver, make_pool
from service.errors import Overloaded
from tests.results import failure_of, result_of


@pytest.fixture
def resolver(running_reactor: Any) -> Iterator[ThreadedResolver]:
    made = ThreadedResolver(running_reactor, make_pool(2))
    yield made
    if made.pool.started:
        made.pool.stop()


@ensureDeferred
@pytest.mark.parametrize(
    ("host", "addresses"),
    [
        ("127.0.0.1", [IPv4Address("TCP", "127.0.0.1", 80)]),
        ("127.1", [IPv4Address("TCP", "127.0.0.1", 80)]),
        ("0x7f.1", [IPv4Address("TCP", "127.0.0.1", 80)]),
        ("2130706433", [IPv4Address("TCP", "127.0.0.1", 80)]),
        ("017700000001", [IPv4Address("TCP", "127.0.0.1", 80)]),
        ("::1", [IPv6Address("TCP", "::1", 80)]),
        ("::ffff:127.0.0.1", [IPv6Address("TCP", "::ffff:127.0.0.1", 80)]),
        ("nothing.invalid", []),
        ("under_score.invalid", []),
        ("-.invalid", []),
        ("a..b", []),
        ("a" * 64, []),
        ("a." * 200, []),
    ],
)
async def test_names(resolver: ThreadedResolver, host: str, addresses: list[Any]) -> None:
    """A literal address is accepted in any spelling; an unknown or impossible name has no addresses."""
    assert await resolver.look_up(host, 80) == addresses


@ensureDeferred
async def test_to_stop_waiting(resolver: ThreadedResolver, running_reactor: Any) -> None:
    """A cancelled look-up fails at once."""
    d = resolver.look_up("localhost", 80)
    d.cancel()
    failure_of(d, CancelledError)
    for _ in range(2):
        await deferToThreadPool(running_reactor, resolver.pool, lambda: None)


def test_a_literal_address_needs_no_thread(running_reactor: Any) -> None:
    """A literal address is resolved immediately, even if all threads are busy."""
    resolver = ThreadedResolver(running_reactor, make_pool(0))
    assert result_of(resolver.look_up("127.1", 80)) == [IPv4Address("TCP", "127.0.0.1", 80)]
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

    monkeypatch.setattr("service.backends.resolver.socket.getaddrinfo", getaddrinfo)
    cancelled = resolver.look_up("slow.example", 80)
    cancelled.cancel()
    failure_of(cancelled, CancelledError)
    slow = resolver.look_up("slow.example", 80)
    error = failure_of(resolver.look_up("other.example", 80), Overloaded)
    assert error.error == "too many names are being looked up; try again"
    go.set()
    assert await slow == []
    assert await resolver.look_up("other.example", 80) == []


def test_threads_that_do_not_stay() -> None:
    """A thread that hangs in a look-up does not keep the process from ending."""
    pool = make_pool(1)
    pool.start()
    pool.callInThread(lambda: None)
    assert [thread.daemon for thread in pool.threads] == [True]
    pool.stop()
