"""What every test gets: a janitor, a look at the log, and a clock.

Nothing here imports Klein at module level: it would import the reactor before pytest-twisted installs the one
that ``--reactor`` asks for.
"""

import gc
from collections.abc import Iterator
from typing import Any, cast

import pytest
from pytest_twisted import blockon
from twisted.internet.task import Clock, deferLater
from twisted.logger import FilteringLogObserver, globalLogPublisher

from service.lessons.capture import Captured
from tests.log import Log
from tests.servers.ejabberd import Ejabberd, start_ejabberd
from tests.servers.postgresql import PostgreSQL, of_the_system, of_the_wheel, start_postgresql

#: Turns of the reactor that sockets get to finish closing.
TURNS = 200


@pytest.fixture
def clock() -> Clock:
    """Time that stands still until the test moves it."""
    return Clock()


@pytest.fixture
def log() -> Iterator[Log]:
    """What was logged during the test, and not kept aside: as in the log of the service itself."""
    seen = Log()
    observer = FilteringLogObserver(seen, [Captured(wanted=False)])
    globalLogPublisher.addObserver(observer)
    yield seen
    globalLogPublisher.removeObserver(observer)


@pytest.fixture(scope="session")
def running_reactor() -> Any:
    """The reactor, once it has everything open that it keeps open itself."""
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
    """Collect what the tests of a module have left alive, and fail if a Deferred among it had an unhandled failure."""
    yield
    seen = Log()
    globalLogPublisher.addObserver(seen)
    gc.unfreeze()
    gc.collect()
    globalLogPublisher.removeObserver(seen)
    assert not seen.failures, f"unhandled failures: {[event['log_failure'] for event in seen.failures]}"


@pytest.fixture(autouse=True)
def janitor(running_reactor: Any, log: Log) -> Iterator[None]:
    """Fail a test that leaves a delayed call, an open socket or an unhandled failure behind."""
    reactor = running_reactor
    before = _left_over(reactor)
    gc.freeze()  # the collection below then examines only what this test has made
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
