"""Fixtures for all tests: leak checks, the log, a clock, and servers.

Nothing here imports Klein at module level: it would import the reactor before pytest-twisted installs the one
chosen with ``--reactor``.
"""

import gc
import os
from collections.abc import Callable, Iterator
from typing import Any, cast

import pytest
from pytest_twisted import blockon
from twisted.internet.task import Clock, deferLater
from twisted.logger import FilteringLogObserver, globalLogPublisher

from service.lessons.capture import Captured
from tests.log import Log
from tests.servers.ejabberd import Ejabberd, start_ejabberd
from tests.servers.postgresql import PostgreSQL, of_the_system, of_the_wheel, start_postgresql

pytest_plugins = ["pytester", "service.testing"]

#: Only CPython's collector can be told what not to examine.
freeze: Callable[[], object] = getattr(gc, "freeze", bool)
unfreeze: Callable[[], object] = getattr(gc, "unfreeze", bool)
#: Reactor turns in which sockets can finish closing.
TURNS = 200


def pytest_xdist_auto_num_workers() -> int:
    """Start one worker more than there are cores, because many tests wait for other processes."""
    return (os.cpu_count() or 1) + 1


@pytest.fixture
def clock() -> Clock:
    """A clock that only the test advances."""
    return Clock()


@pytest.fixture
def log() -> Iterator[Log]:
    """The events logged during the test, without captured ones, as in the service's own log."""
    seen = Log()
    observer = FilteringLogObserver(seen, [Captured(wanted=False)])
    globalLogPublisher.addObserver(observer)
    yield seen
    globalLogPublisher.removeObserver(observer)


@pytest.fixture(scope="session")
def running_reactor() -> Any:
    """The running reactor, after it has opened its own descriptors."""
    from twisted.internet import reactor

    blockon(deferLater(cast("Any", reactor), 0))
    return reactor


@pytest.fixture(scope="session")
def postgresql() -> Iterator[PostgreSQL]:
    """A PostgreSQL server."""
    server = start_postgresql(of_the_system() or of_the_wheel())
    yield server
    server.remove()


@pytest.fixture(scope="session")
def ejabberd() -> Iterator[Ejabberd]:
    """An ejabberd server."""
    server = start_ejabberd()
    yield server
    server.remove()


@pytest.fixture(autouse=True, scope="module")
def sweep() -> Iterator[None]:
    """Collect garbage after each module, and fail if a collected Deferred had an unhandled failure."""
    yield
    seen = Log()
    globalLogPublisher.addObserver(seen)
    unfreeze()
    gc.collect()
    globalLogPublisher.removeObserver(seen)
    assert not seen.failures, f"unhandled failures: {[event['log_failure'] for event in seen.failures]}"


@pytest.fixture(autouse=True)
def janitor(running_reactor: Any, log: Log) -> Iterator[None]:
    """Fail a test that leaves a delayed call, an open socket or an unhandled failure behind."""
    reactor = running_reactor
    before = _left_over(reactor)
    freeze()  # the collection below then examines only what this test has made
    yield
    gc.collect()  # a Deferred reports its unhandled failure when it is collected
    turns = TURNS
    while (left := _left_over(reactor) - before) and turns:
        blockon(deferLater(reactor, 0.005))
        turns -= 1
    assert not left, f"left behind: {left}"
    assert not log.failures, f"unhandled failures: {[event['log_failure'] for event in log.failures]}"


def _left_over(reactor: Any) -> set[Any]:
    return {call for call in reactor.getDelayedCalls() if call.active()} | {
        *reactor.getReaders(),
        *reactor.getWriters(),
    }
