"""What the exercises about time, threads and coroutines have to do: 6 to 10."""

import builtins
from collections.abc import Callable
from inspect import iscoroutinefunction
from typing import Any

from attrs import define, field
from twisted.internet import defer
from twisted.internet.defer import Deferred
from twisted.internet.task import Clock
from twisted.python.failure import Failure

from service import xray
from service.lessons.exercises.bench import CONTACTS, Bench, NotYet, shown

TIMEOUTS = (defer.TimeoutError, builtins.TimeoutError)


def timeout(module: Any, bench: Bench) -> str:
    """Check exercise 6."""
    d = module.get_contacts(bench, "slow", bench.clock)
    outcome = bench.outcome(d, 2)
    if outcome is ...:
        raise NotYet("After 2 seconds nothing has happened.", d)
    if not (isinstance(outcome, Failure) and outcome.check(*TIMEOUTS)):
        raise NotYet(f"After 2 seconds the caller gets {shown(outcome)}, and not TimeoutError.", d)
    if bench.cancelled != ["slow"]:
        raise NotYet("The caller knows that it took too long, and the work still goes on: cancel it (addTimeout).", d)
    d = module.get_contacts(bench, "dustin", bench.clock)
    outcome = bench.outcome(d, 1)
    if outcome != CONTACTS:
        raise NotYet(f"The contacts came in time, and the caller gets {shown(outcome)}.", d)
    if bench.clock.getDelayedCalls():
        raise NotYet("The contacts came in time, and a timer is left over.", d)
    return "After 2 seconds the work is cancelled, and the caller gets TimeoutError."


def join(module: Any, bench: Bench) -> str:
    """Check exercise 7."""
    usernames = ["dustin", "jimbo", "karl"]
    d = module.names_of(bench.get_name, usernames)
    asked = list(bench.asked)
    outcome = bench.outcome(d, 3)
    if asked != usernames:
        raise NotYet(f"Only {asked} were looked up at first: start all look-ups, and then wait.", d)
    if isinstance(outcome, Failure):
        raise NotYet(f"One unknown user makes the whole look-up fail: {shown(outcome)}.", d)
    if outcome != {"dustin": "Dustin", "jimbo": None, "karl": "Karl"}:
        pairs = isinstance(outcome, dict) and isinstance(outcome.get("dustin"), tuple)
        wanted = "the values should be the names, and None for jimbo"
        why = "each value is a pair of success and result" if pairs else wanted
        raise NotYet(f"It fired with {shown(outcome)}: {why}.", d)
    unhandled = [member.gave for member in xray.of(d).members if member.unhandled]
    if unhandled:
        raise NotYet(f"Nothing handled the failure of a member, {unhandled[0]}: see consumeErrors.", d)
    return "All are looked up at the same time, and a look-up that fails is None."


def loop_that_stops(module: Any, bench: Bench) -> str:
    """Check exercise 8."""
    ticks: list[tuple[float, int]] = []
    d = module.count_down(3, bench.clock, lambda left: ticks.append((bench.clock.seconds(), left)))
    outcome = bench.outcome(d, 5)
    expected = [(0, 3), (1, 2), (2, 1), (3, 0)]
    if ticks[:4] != expected:
        raise NotYet(f"It ticked at {ticks[:4]} (seconds, number), and should have ticked at {expected}.", d)
    if len(ticks) > len(expected):
        raise NotYet(f"It went on after 0, with {ticks[4][1]}: call loop.stop().", d)
    if outcome is ...:
        raise NotYet("The loop has stopped, and the Deferred never fires.", d)
    if outcome is not None:
        raise NotYet(f"It fired with {shown(outcome)}, and should have fired with None.", d)
    return "It counts to 0, the loop stops, and the Deferred fires."


@define
class Threads:
    """A pool of threads whose work is done when ``work`` is called."""

    waiting: list[Callable[[], None]] = field(factory=list)

    def callInThreadWithCallback(self, done: Callable[..., Any], function: Any, *args: Any, **kwargs: Any) -> None:
        """See ``ThreadPool``."""
        self.waiting.append(lambda: done(True, function(*args, **kwargs)))

    def work(self) -> None:
        """Do what is waiting."""
        while self.waiting:
            self.waiting.pop(0)()


class ThreadedClock(Clock):
    """A clock that can be called from threads."""

    def callFromThread(self, function: Any, *args: Any, **kwargs: Any) -> None:
        """See ``IReactorFromThreads``."""
        self.callLater(0, function, *args, **kwargs)


def blocking_call(module: Any, bench: Bench) -> str:
    """Check exercise 9."""
    bench.clock = ThreadedClock()
    threads, calls = Threads(), [0]

    def read() -> str:
        calls[0] += 1
        return "the report"

    d = module.read_report(bench.clock, threads, read)
    if calls[0]:
        raise NotYet("It called read() itself, so the reactor was blocked until that returned.", d)
    outcome = bench.outcome(d, 0)
    if not threads.waiting:
        raise NotYet(f"Nothing runs in one of ``threads``; the caller has {shown(outcome)}.", d)
    threads.work()
    bench.wait(0, d)
    again = module.read_report(bench.clock, threads, read)
    threads.work()
    outcome = bench.outcome(again, 0)
    if outcome != "the report":
        raise NotYet(f"read() has returned, and the caller has {shown(outcome)}.", again)
    return "read() blocks one of the threads, and not the reactor."


def async_def(module: Any, bench: Bench) -> str:
    """Check exercise 10."""
    if not iscoroutinefunction(module.get_greeting):
        raise NotYet("get_greeting is not an async def.")
    for username, expected in (("karl", "Hello, Karl!"), ("jimbo", "Who?")):
        d = Deferred.fromCoroutine(module.get_greeting(bench.get_name, username))
        outcome = bench.outcome(d, 1)
        if outcome != expected:
            raise NotYet(f"For {username} it gives {shown(outcome)}, and should give {expected!r}.", d)
    d = Deferred.fromCoroutine(module.get_greeting(bench.get_name, "down"))
    outcome = bench.outcome(d, 1)
    if not (isinstance(outcome, Failure) and outcome.check(ConnectionError)):
        raise NotYet(f"The database is down, and the caller gets {shown(outcome)}: except LookupError only.", d)
    return "It awaits the name, and turns only LookupError into a question."
