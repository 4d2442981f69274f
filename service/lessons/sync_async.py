"""The slides' table "Deferreds: sync and async", executable: threads next to equivalent Deferreds.

A row says if today's Twisted has a better way; the last rows are features newer than the slides.
"""

from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, CancelledError as FutureCancelled, Future, ThreadPoolExecutor, wait
from threading import Event, Thread
from typing import Any

from twisted.internet import defer
from twisted.internet.defer import Deferred
from twisted.internet.task import Clock, deferLater
from twisted.logger import Logger

from service.lessons.tables import Row, deferred_halve, errback_of_current_exception, fired_by, halve

_log = Logger()


def in_thread(function: Callable[[], Any]) -> list[Any]:
    """Run a function in its own thread, and join it."""
    results: list[Any] = []
    thread = Thread(target=lambda: results.append(function()))
    thread.start()
    thread.join()
    return results


def plain_new_thread() -> list[str]:
    """Start a thread, continue with something else, and return the order in which both are done."""
    order: list[str] = []
    begin = Event()

    def work() -> None:
        begin.wait()
        order.append("thread")

    thread = Thread(target=work)
    thread.start()
    order.append("here")
    begin.set()
    thread.join()
    return order


def deferred_new_thread() -> list[str]:
    """Start an operation, drop its Deferred, and return the order in which both are done."""
    order: list[str] = []
    clock = Clock()
    thread = deferLater(clock, 1, order.append, "thread")
    thread.addErrback(lambda f: _log.failure("the thread failed", f))
    order.append("here")
    clock.advance(1)
    return order


def plain_timeout() -> str:
    """Wait for a thread with a timeout, which does not stop the thread itself."""
    never: Future[str] = Future()
    try:
        return never.result(timeout=0)
    except TimeoutError:
        return "too late"


def deferred_timeout() -> Deferred[Any]:
    """Wait for a Deferred with a timeout, which cancels the operation."""
    clock = Clock()
    d: Deferred[Any] = deferLater(clock, 5)
    d.addTimeout(1, clock)
    d.addErrback(lambda f: "too late" if f.check(defer.TimeoutError) else f)
    clock.advance(1)
    return d


def plain_cancel() -> str:
    """Cancel work that has not begun: a running thread cannot be stopped."""
    future: Future[str] = Future()
    future.cancel()
    try:
        return future.result()
    except FutureCancelled:
        return "cancelled"


def deferred_cancel() -> Deferred[Any]:
    """Cancel an operation in progress, including its timer or socket."""
    d: Deferred[Any] = deferLater(Clock(), 5)
    d.addErrback(lambda f: "cancelled" if f.check(defer.CancelledError) else f)
    d.cancel()
    return d


def plain_race() -> str:
    """Return the first result; the other threads run to completion."""
    with ThreadPoolExecutor() as threads:
        done, _ = wait([threads.submit(halve, 8)], return_when=FIRST_COMPLETED)
        return done.pop().result()


def second(pair: tuple[int, str]) -> str:
    """Return the result from the pair that ``race`` fires with, index and result."""
    return pair[1]


async def sequence() -> str:
    """Run two steps in sequence."""
    return halve(await defer.succeed(8))


#: "Deferreds: sync and async", and newer features.
SYNC_AND_ASYNC = (
    Row("call a function: get a Deferred", lambda: halve(8), lambda: deferred_halve(8)),
    Row(
        "one after the other: addCallback, and return",
        lambda: halve(int("8")),
        lambda: defer.succeed("8").addCallback(int).addCallback(halve),
        today="await, in a coroutine that fromCoroutine turns into a Deferred",
    ),
    Row("the same with fromCoroutine", lambda: halve(8), lambda: Deferred.fromCoroutine(sequence())),
    Row("return: d.callback()", lambda: halve(8), lambda: fired_by(lambda d: d.callback(halve(8)))),
    Row("raise: d.errback()", lambda: halve(7), lambda: fired_by(errback_of_current_exception)),
    Row("a new thread: call, and do not return", plain_new_thread, deferred_new_thread),
    Row(
        "join a thread: add a callback to its Deferred",
        lambda: in_thread(lambda: halve(8)),
        lambda: deferred_halve(8).addCallback(lambda half: [half]),
        today="gatherResults, for several",
    ),
    Row(
        "join several: gatherResults",
        lambda: [*in_thread(lambda: halve(8)), *in_thread(lambda: halve(6))],
        lambda: defer.gatherResults([deferred_halve(8), deferred_halve(6)]),
    ),
    Row(
        "the first of several: race",
        plain_race,
        lambda: defer.race([deferred_halve(8), Deferred()]).addCallback(second),
    ),
    Row("set a time limit: addTimeout", plain_timeout, deferred_timeout),
    Row("stop an operation: cancel", plain_cancel, deferred_cancel),
)
