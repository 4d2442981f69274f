"""What X-ray records of a coroutine: the Deferreds that it awaits."""

import gc
from collections.abc import Coroutine
from contextlib import suppress
from typing import Any
from weakref import ref

import attrs
import pytest
from pytest_twisted import ensureDeferred
from twisted.internet.defer import Deferred, NotACoroutineError, fail, inlineCallbacks, succeed

from service import xray
from service.xray import coroutines, generators
from service.xray.history import History
from service.xray.record import RECORDS
from tests.results import failure_of, result_of
from tests.xray.test_watch import double, seen


async def add(first: Deferred[int], second: Deferred[int]) -> int:
    return await first + await one_more(second)


async def one_more(d: Deferred[int]) -> int:
    return await d + 1


def test_a_coroutine() -> None:
    """The grid of a coroutine has what it awaited, directly or through another coroutine; it waits for the last one."""
    first, second = succeed(1), Deferred[int]()
    d = Deferred.fromCoroutine(add(first, second))
    grid = seen(d)
    assert [awaited.state for awaited in grid.awaited] == ["fired", "waiting"]
    assert grid.waits_for == grid.awaited[1]
    assert "awaited Deferred waiting, made in test_a_coroutine" in xray.as_text(grid)
    second.callback(2)
    assert result_of(d) == 4
    assert seen(d).waits_for is None


def test_coroutines_side_by_side() -> None:
    """Interleaved coroutines each record their own awaits, and an awaited Deferred is not reported as forgotten."""
    members: list[Deferred[int]] = [Deferred() for _ in range(4)]
    ds = [Deferred.fromCoroutine(add(*members[index : index + 2])) for index in (0, 2)]
    for index in (2, 0, 1, 3):
        members[index].callback(index)
    assert [result_of(d) for d in ds] == [2, 6]
    assert [[awaited.gave for awaited in seen(d).awaited] for d in ds] == [["0", "1"], ["2", "3"]]
    outer = succeed(None).addCallback(lambda _: Deferred.fromCoroutine(one_more(succeed(1))))
    assert seen(outer).forgotten == ()


def test_coroutines_that_go() -> None:
    """Nothing is kept of a finished or closed coroutine, and what is not a coroutine fails as it does without X-ray."""
    assert result_of(Deferred.fromCoroutine(one_more(succeed(1)))) == 2
    gc.collect()
    assert coroutines.AWAITED == {}
    over = one_more(succeed(1))
    over.close()
    failure_of(Deferred.fromCoroutine(over), RuntimeError)
    nothing: Any = "no coroutine"
    with pytest.raises(NotACoroutineError):
        Deferred.fromCoroutine(nothing)


async def take(d: Deferred[Any]) -> str:
    try:
        await d
    except ValueError:
        return "taken"
    return "not taken"


def test_how_the_awaited_ended() -> None:
    """An awaited Deferred shows the side and value it ended with, although the coroutine has taken its result."""
    waiting: Deferred[Any] = Deferred()
    ds = [Deferred.fromCoroutine(take(d)) for d in (succeed(1), fail(ValueError("no")), waiting)]
    waiting.errback(ValueError("late"))
    assert [result_of(d) for d in ds] == ["not taken", "taken", "taken"]
    ends = [
        (awaited.left, awaited.steps[0].took if awaited.steps else awaited.gave)
        for d in ds
        for awaited in seen(d).awaited
    ]
    assert ends == [("callback", "1"), ("errback", "ValueError: no"), ("errback", "ValueError: late")]


@Coroutine.register
class Slotted:
    """A minimal coroutine for Twisted, which does not support weak references."""

    __slots__ = ("cr_frame", "send")

    def __init__(self, inner: Any) -> None:
        self.send, self.cr_frame = inner.send, inner.cr_frame


def test_a_coroutine_of_another_kind() -> None:
    """A coroutine of another type works as it does without X-ray."""
    slotted: Any = Slotted(one_more(succeed(1)))
    assert result_of(Deferred.fromCoroutine(slotted)) == 2


def test_awaiting_very_often() -> None:
    """Of the Deferreds awaited in a long loop, the last 200 are recorded."""

    async def loop() -> None:
        for number in range(1000):
            await succeed(number)

    awaited = seen(Deferred.fromCoroutine(loop())).awaited
    assert [awaited[0].gave, awaited[-1].gave, len(awaited)] == ["800", "999", 200]


def test_coroutines_at_their_end() -> None:
    """A finished coroutine is not mistaken for a new one whose frame has the same id."""
    over = [one_more(succeed(1)) for _ in range(50)]
    ended = [Deferred.fromCoroutine(coroutine) for coroutine in over]
    for _ in range(50):
        with suppress(StopIteration):
            one_more(succeed(2)).send(None)
    assert [len(seen(d).awaited) for d in ended] == [1] * 50
    assert [result_of(d) for d in ended] == [2] * 50


def test_forgetting_a_coroutine() -> None:
    """A collected coroutine is forgotten, but not a new one under the same key."""
    old, new = one_more(succeed(1)), one_more(succeed(1))
    key = 0
    coroutines.AWAITED[key] = ref(new), History()
    coroutines.forget(key, ref(old))
    assert key in coroutines.AWAITED
    coroutines.forget(key, ref(new))
    coroutines.forget(key, ref(new))
    assert key not in coroutines.AWAITED
    for coroutine in (old, new):
        coroutine.close()


def test_a_method_that_was_kept() -> None:
    """A saved reference to the method still works after X-ray is uninstalled."""
    kept = Deferred.fromCoroutine
    xray.uninstall()
    assert result_of(kept(one_more(succeed(1)))) == 2


@ensureDeferred
async def test_awaited_elsewhere() -> None:
    """Awaiting works as usual if X-ray has not seen the coroutine begin, or the Deferred being made."""
    assert await succeed(1).addCallback(double) == 2
    xray.uninstall()
    unseen = succeed(1)
    xray.install()
    d = Deferred.fromCoroutine(one_more(unseen))
    assert (seen(d).awaited, result_of(d)) == ((), 2)


def test_at_the_recursion_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the stack is too deep to record what a coroutine has awaited, it goes on all the same."""

    def too_deep(_: object) -> None:
        raise RecursionError

    monkeypatch.setattr(coroutines, "keep_if_wanted", too_deep)
    assert result_of(Deferred.fromCoroutine(one_more(succeed(1)))) == 2


def test_what_is_older() -> None:
    """An inlineCallbacks function that has begun before X-ray was installed goes on with what is newer."""
    xray.uninstall()
    gate: Deferred[None] = Deferred()
    newer: list[Deferred[int]] = []

    @inlineCallbacks
    def wait() -> Any:
        yield gate
        newer.append(Deferred())
        return (yield newer[0])

    d = wait()
    xray.install()
    gate.callback(None)
    assert xray.of(newer[0]).state == "waiting"
    newer[0].callback(3)
    assert result_of(d) == 3


@attrs.define
class _CancellationStatus:
    """What older versions of Twisted call it."""

    deferred: Any


def test_older_versions() -> None:
    """What continues a generator is a closure there, and other closures of its name are something else."""
    outer: Deferred[None] = Deferred()

    def closure(**held: Any) -> Any:
        gen, status = held["gen"], held.get("status")

        def gotResult(_: object) -> Any:
            return gen, status

        def waiting(_: object) -> Any:
            return gen

        waiting.__name__ = "gotResult"
        made = gotResult if status else waiting
        made.__module__ = "twisted.internet.defer"
        assert gotResult(None) == (gen, status)
        assert waiting(None) is gen
        return made

    found = generators.awaiting(closure(gen=3, status=_CancellationStatus(outer)), ())
    assert found is not None
    assert (found[0], found[1] is RECORDS[id(outer)]) == (3, True)
    assert generators.awaiting(closure(gen=3), ()) is None


def test_an_older_race() -> None:
    """What takes part in a race whose result is older than X-ray is not below it."""
    xray.uninstall()
    final_result: Deferred[Any] = Deferred()
    xray.install()
    d: Deferred[Any] = Deferred()
    number = 3

    def succeeded(_: object) -> Any:
        return final_result, number

    succeeded.__qualname__, succeeded.__module__ = "race.<locals>.succeeded", "twisted.internet.defer"
    d.addCallbacks(succeeded)
    assert xray.of(final_result).members == ()
    d.callback(1)
