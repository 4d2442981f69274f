"""The connections of a server: counted, swept for deadlines, and closed."""

from typing import Any

import pytest
from twisted.internet.defer import CancelledError

from tests.log import Log
from tests.results import failure_of, outcomes_of, result_of
from tests.wire.corpus import GOOD, get, post
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


def test_the_longest_idle_gives_way() -> None:
    """At the limit on connections, a new one takes the place of the one that has been idle for longest."""
    factory, wires = connected(3, connections=3)
    for wire in (wires[1], wires[0], wires[2], wires[1]):
        wire.send(GOOD)
    news = [Wire(factory), Wire(factory)]
    assert [wire.open for wire in wires] == [False, True, False]
    assert [wire.ask(GOOD).header("Connection") for wire in news] == [None, None]
    wires[1].send(GOOD)
    assert [answer.status for answer in wires[1].answers()] == [200, 200, 200]
    assert factory.port.accepts


def test_only_the_idle_give_way() -> None:
    """A connection gives way neither before its first request, nor in the middle of one, nor before its response."""
    factory, [_, partial, waiting] = connected(3, connections=3)
    partial.send(GOOD[:10])
    waiting.send(get(b"GET /wait HTTP/1.1"))
    beyond = Wire(factory)
    assert beyond.ask(GOOD).header("Connection") == "close"
    assert factory.connections >= {partial.channel, waiting.channel}


def test_a_place_that_was_given_away(monkeypatch: pytest.MonkeyPatch) -> None:
    """A connection that has given way, and closes late, does not make a place: its own is taken."""
    factory, [late] = connected(1, connections=1)
    late.send(GOOD)
    monkeypatch.setattr(late.transport, "loseConnection", lambda: None)
    wires = [Wire(factory) for _ in range(5)]
    for wire in wires:
        wire.send(get(b"GET /wait HTTP/1.1"))
    assert not factory.port.accepts
    late.leave()
    late.channel.connectionLost()
    assert not factory.port.accepts
    wires[0].leave()
    assert factory.port.accepts


def test_the_reserve() -> None:
    """If none is idle, four connections of a reserve are accepted, for one request each, and then accepting pauses."""
    factory, wires = connected(3, connections=3)
    reserve = []
    for _ in range(4):
        assert factory.port.accepts
        reserve.append(Wire(factory))
    assert not factory.port.accepts
    assert reserve[0].ask(GOOD + GOOD).header("Connection") == "close"
    assert not factory.port.accepts
    reserve[0].leave()
    assert factory.port.accepts
    reserve.append(Wire(factory))
    assert not factory.port.accepts
    wires[0].leave()
    assert factory.port.accepts
    ordinary = Wire(factory)
    assert ordinary.ask(GOOD).header("Connection") is None


def test_accepting_goes_on_once_one_is_idle() -> None:
    """While accepting pauses, one that becomes idle can give way, so accepting goes on."""
    factory, [busy] = connected(1, connections=1)
    busy.send(get(b"GET /wait HTTP/1.1"))
    for _ in range(4):
        Wire(factory)
    assert not factory.port.accepts
    busy.application.waiting[0].callback(b"")
    assert factory.port.accepts
    assert Wire(factory).ask(GOOD).header("Connection") is None
    assert not busy.open


@pytest.mark.parametrize(
    ("sent", "statuses"),
    [
        (b"", []),
        (GOOD[:20], [408]),
        (post(b"Content-Length: 5", body=b"hell"), [408]),
        (GOOD, [200]),
    ],
    ids=["nothing", "half a head", "half a body", "a request"],
)
def test_the_reserve_is_soon_free(sent: bytes, statuses: list[int]) -> None:
    """A connection of the reserve has a second for each thing that it waits for."""
    factory, _ = connected(1, connections=1)
    wire = Wire(factory)
    wire.send(sent)
    factory.clock.advance(1)
    assert [answer.status for answer in wire.answers()] == statuses
    assert not wire.open
    factory.clock.advance(1)
    assert wire.transport.disconnecting or wire.transport.aborted or not wire.transport.connected


def test_nobody_is_looked_after_where_nobody_is() -> None:
    """Without connections, no timer is pending."""
    wire = Wire()
    assert len(wire.clock.getDelayedCalls()) == 1
    wire.leave()
    assert wire.clock.getDelayedCalls() == []


def test_closing() -> None:
    """Closing waits for pending responses."""
    factory, wires = connected(3, connections=3)
    wires[0].send(get(b"GET /wait HTTP/1.1"))
    wires[1].send(GOOD)
    factory.close()
    closed = factory.when_closed()
    assert [wire.transport.connected for wire in wires] == [True, False, True]
    factory.clock.pump([0.5] * 2)
    assert [wire.transport.connected for wire in wires] == [True, False, False]
    assert outcomes_of(closed) == []
    wires[0].application.waiting[0].callback(b"late")
    wires[0].channel.readConnectionLost()
    assert wires[0].answers()[0].status == 200
    assert factory.connections == set()
    assert result_of(factory.when_closed()) is None


def test_closing_accepts_no_more() -> None:
    """Once the service stops, accepting does not go on, although there is room again."""
    factory, [wire] = connected(1, connections=1)
    reserve = [Wire(factory) for _ in range(4)]
    factory.close()
    factory.clock.pump([0.5] * 2)
    assert not any(each.transport.connected for each in [wire, *reserve])
    assert not factory.port.accepts


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
