"""What has ended is kept within a budget, whatever awaits what."""

from typing import Any

from twisted.internet.defer import Deferred, ensureDeferred, gatherResults, succeed

from service.xray.history import BUDGET
from service.xray.record import RECORDS, Record
from tests.results import result_of
from tests.xray.test_watch import seen


def kept_by(record: Record, known: set[int] | None = None) -> int:
    """Count the records that one keeps alive."""
    known = set() if known is None else known
    if id(record) in known:
        return 0
    known.add(id(record))
    nested = [step.returned for step in record.steps if step.returned is not None]
    return 1 + sum(kept_by(child, known) for child in (*record.awaited, *record.members, *nested))


async def job(gate: Deferred[None], awaits: int) -> None:
    await gate
    for _ in range(awaits):
        await succeed(None)


def test_a_loop_of_cycles() -> None:
    """A service loop that awaits many jobs in each cycle keeps a bounded number of records."""
    gates: list[Deferred[None]] = []

    async def cycle() -> None:
        gates.append(Deferred())
        await gatherResults([ensureDeferred(job(gates[-1], 10)) for _ in range(100)])

    async def loop() -> None:
        for _ in range(20):
            await ensureDeferred(cycle())

    d: Deferred[Any] = ensureDeferred(loop())
    record = RECORDS[id(d)]
    while not d.called:
        gates.pop().callback(None)
        assert kept_by(record) <= BUDGET + 100 * 11 + 10  # and the cycle that is in progress
    assert kept_by(record) <= BUDGET + 1


def test_many_awaits() -> None:
    """A coroutine that awaits for ever keeps the last ones."""

    async def wait() -> None:
        for number in range(3 * BUDGET):
            await succeed(number)

    d = ensureDeferred(wait())
    awaited = seen(d).awaited
    assert (len(awaited), awaited[-1].gave) == (BUDGET, str(3 * BUDGET - 1))


def test_many_steps() -> None:
    """A chain of many steps, each of which returns a Deferred with a history, keeps a bounded number, too."""

    async def wait() -> None:
        for _ in range(BUDGET // 2):
            await succeed(None)

    d: Deferred[Any] = succeed(None)
    for _ in range(20):
        d.addCallback(lambda _: ensureDeferred(wait()))
    assert result_of(d) is None
    assert kept_by(RECORDS[id(d)]) <= 2 * BUDGET
