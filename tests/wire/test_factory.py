"""The connections of a server: counted, swept for deadlines, and closed."""

from typing import Any

from twisted.internet.defer import CancelledError

from tests.log import Log
from tests.results import failure_of, outcomes_of, result_of
from tests.wire.corpus import GOOD, get
from tests.wire.wires import Wire


class Port:
    """A port that records whether it accepts connections."""

    accepts = True

    def stopReading(self) -> None:
        self.accepts = False

    def startReading(self) -> None:
        self.accepts = True


def connected(count: int, **limits: Any) -> tuple[Any, list[Wire]]:
    """Open connections to one factory."""
    first = Wire(**limits)
    first.factory.port = Port()
    others = [Wire(first.factory) for _ in range(count - 1)]
    return first.factory, [first, *others]


def test_accepting_pauses() -> None:
    """At the limit on connections, accepting pauses until one is closed."""
    factory, wires = connected(3, connections=3)
    assert not factory.port.accepts
    Wire(factory).leave()
    assert not factory.port.accepts
    wires[1].leave()
    assert factory.port.accepts
    Wire(factory)
    assert not factory.port.accepts


def test_nobody_is_looked_after_where_nobody_is() -> None:
    """Without connections, no timer is pending."""
    wire = Wire()
    assert len(wire.clock.getDelayedCalls()) == 1
    wire.leave()
    assert wire.clock.getDelayedCalls() == []


def test_closing() -> None:
    """Closing waits for pending responses, and does not accept new connections."""
    factory, wires = connected(3, connections=3)
    wires[0].send(get(b"GET /wait HTTP/1.1"))
    wires[1].send(GOOD)
    factory.close()
    closed = factory.when_closed()
    assert [wire.transport.connected for wire in wires] == [True, False, True]
    assert not factory.port.accepts
    factory.clock.pump([0.5] * 2)
    assert [wire.transport.connected for wire in wires] == [True, False, False]
    assert outcomes_of(closed) == []
    wires[0].application.waiting[0].callback(b"late")
    wires[0].channel.readConnectionLost()
    assert wires[0].answers()[0].status == 200
    assert factory.connections == set()
    assert result_of(factory.when_closed()) is None


def test_the_end() -> None:
    """Waiting for all connections to close can be cancelled, and aborting ends the wait."""
    factory, wires = connected(2)
    for wire in wires:
        wire.send(GOOD[:-1])
    closed, bored = factory.when_closed(), factory.when_closed()
    bored.cancel()
    failure_of(bored, CancelledError)
    factory.abandon_partial()
    assert [wire.answers()[0].status for wire in wires] == [408, 408]
    assert outcomes_of(closed) == []
    factory.abort()
    assert all(wire.transport.aborted for wire in wires)
    assert factory.connections == set()


def test_a_bug_in_looking(log: Log) -> None:
    """A bug in the sweep of one connection is logged and closes it; the others are still swept."""
    factory, [bad, good] = connected(2)
    bad.channel.sweep = None
    factory.clock.pump([0.5] * 30)
    assert len(log.flush(TypeError)) == 1
    assert (bad.transport.aborted, good.transport.aborted, good.transport.connected) == (True, False, False)


def test_the_date() -> None:
    """The date is formatted once per second."""
    seconds = [784111777.2]
    wire = Wire()
    wire.factory.wall_clock = lambda: seconds[0]
    assert wire.factory.date() == b"Sun, 06 Nov 1994 08:49:37 GMT"
    seconds[0] += 0.7
    assert wire.factory.date() is wire.factory.date()
    seconds[0] += 0.2
    assert wire.factory.date() == b"Sun, 06 Nov 1994 08:49:38 GMT"


def test_two_thousand_that_trickle() -> None:
    """Each of 2,000 slow clients gets a 408 on time, and a fast client is still served."""
    factory, wires = connected(2000, connections=3000)
    clock: Any = factory.clock
    for second in range(10):
        for wire in wires:
            wire.send(GOOD[second : second + 1])
        clock.advance(1)
    assert Wire(factory).ask(GOOD).status == 200
    assert [answer.status for wire in wires for answer in wire.answers()] == [408] * 2000
