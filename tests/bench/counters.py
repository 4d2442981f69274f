"""Lost updates: a counter that threads and callbacks read, work on, and write back."""

import time
from threading import Thread
from typing import Any

from attrs import define
from twisted.internet.asyncioreactor import AsyncioSelectorReactor
from twisted.internet.defer import Deferred, gatherResults
from twisted.internet.task import deferLater

UPDATES = 1000


@define
class Counter:
    """A shared value without a lock."""

    value: int = 0

    def add(self) -> None:
        """Read the value, work for a moment, and write it back."""
        value = self.value
        time.sleep(0.0001)
        self.value = value + 1


def by_threads() -> int:
    """Update from ten threads, and return how many updates are lost."""
    counter = Counter()

    def work() -> None:
        for _ in range(UPDATES // 10):
            counter.add()

    threads = [Thread(target=work) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return UPDATES - counter.value


def by_callbacks(reactor: Any) -> Deferred[int]:
    """Read and write in one callback per update; the Deferred fires with the number of lost updates."""
    counter = Counter()
    d = gatherResults([deferLater(reactor, 0, counter.add) for _ in range(UPDATES)])
    return d.addCallback(lambda _: UPDATES - counter.value)


def by_two_callbacks(reactor: Any) -> Deferred[int]:
    """Read in one callback and write in another, so that others run in between; fires with the lost updates."""
    counter = Counter()

    def write(value: int) -> None:
        counter.value = value + 1

    def add() -> Deferred[None]:
        d: Deferred[int] = deferLater(reactor, 0.0001, lambda value: value, counter.value)
        return d.addCallback(write)

    d = gatherResults([deferLater(reactor, 0, add) for _ in range(UPDATES)])
    return d.addCallback(lambda _: UPDATES - counter.value)


def stall(reactor: Any, blocking: Any) -> Deferred[float]:
    """Measure how long a blocking callback delays another one; fires with milliseconds."""
    began = time.perf_counter()
    reactor.callLater(0, blocking)
    d: Deferred[float] = deferLater(reactor, 0.001, lambda: (time.perf_counter() - began) * 1000)
    return d


def lost_updates() -> list[str]:
    """Measure all of the above, and return a table."""
    reactor: Any = AsyncioSelectorReactor()
    results: list[Any] = []
    everything = gatherResults([by_callbacks(reactor), by_two_callbacks(reactor)])
    everything.addCallback(results.append)
    everything.addCallback(lambda _: stall(reactor, lambda: time.sleep(0.2)))
    everything.addCallback(results.append)
    everything.addCallback(lambda _: stall(reactor, lambda: sum(range(5_000_000))))
    everything.addCallback(results.append)
    everything.addBoth(lambda _: reactor.stop())
    reactor.run(installSignalHandlers=False)
    [[one, two], blocked, computed] = results
    return [
        f"| a counter, {UPDATES:,} updates | lost |",
        "|---|---|",
        f"| ten threads read, work and write | {by_threads()} |",
        f"| callbacks do, each in one | {one} |",
        f"| callbacks read, and others write | {two} |",
        "",
        "| the reactor is blocked by | ms |",
        "|---|---|",
        f"| a callback that sleeps 200 ms | {blocked:.0f} |",
        f"| a callback that adds up 5,000,000 numbers | {computed:.0f} |",
    ]
