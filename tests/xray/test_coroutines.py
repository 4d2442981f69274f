"""What is written down of a coroutine: the Deferreds that it awaits."""

import gc
from collections import deque
from collections.abc import Coroutine
from contextlib import suppress
from typing import Any
from weakref import ref

import pytest
from pytest_twisted import ensureDeferred
from twisted.internet.defer import Deferred, NotACoroutineError, fail, succeed

from service import xray
from service.xray import coroutines
from tests.results import failure_of, result_of
from tests.xray.test_watch import double, seen


async def add(first: Deferred[int], second: Deferred[int]) -> int:
    return await first + await one_more(second)


async def one_more(d: Deferred[int]) -> int:
    return await d + 1


def test_a_coroutine() -> None:
    """What a coroutine has awaited, itself or by another one, is inside its grid; it waits for the last of them."""
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
    """Each coroutine has its own, however they take turns; what one of them awaits is not forgotten by its maker."""
    members: list[Deferred[int]] = [Deferred() for _ in range(4)]
    ds = [Deferred.fromCoroutine(add(*members[index : index + 2])) for index in (0, 2)]
    for index in (2, 0, 1, 3):
        members[index].callback(index)
    assert [result_of(d) for d in ds] == [2, 6]
    assert [[awaited.steps[-1].took for awaited in seen(d).awaited] for d in ds] == [["0", "1"], ["2", "3"]]
    outer = succeed(None).addCallback(lambda _: Deferred.fromCoroutine(one_more(succeed(1))))
    assert seen(outer).forgotten == ()


def test_coroutines_that_go() -> None:
    """Of a coroutine that is gone, or has never run, nothing is kept; what is none fails as it does without X-ray."""
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
    """What was awaited says on which side it ended, and with what, though the coroutine has taken that out of it."""
    waiting: Deferred[Any] = Deferred()
    ds = [Deferred.fromCoroutine(take(d)) for d in (succeed(1), fail(ValueError("no")), waiting)]
    waiting.errback(ValueError("late"))
    assert [result_of(d) for d in ds] == ["not taken", "taken", "taken"]
    ends = [
        (awaited.left, awaited.steps[0].took if awaited.steps else awaited.gave)
        for d in ds
        for awaited in seen(d).awaited
    ]
    assert ends == [("callback", "1"), ("errback", "ValueError: no"), ("callback", "ValueError: late")]


@Coroutine.register
class Slotted:
    """As much of a coroutine as Twisted needs, which cannot be referred to weakly."""

    __slots__ = ("cr_frame", "send")

    def __init__(self, inner: Any) -> None:
        self.send, self.cr_frame = inner.send, inner.cr_frame


def test_a_coroutine_of_another_kind() -> None:
    """What is a coroutine in all but its type works as it does without X-ray."""
    slotted: Any = Slotted(one_more(succeed(1)))
    assert result_of(Deferred.fromCoroutine(slotted)) == 2


def test_awaiting_very_often() -> None:
    """Of what is awaited in a long loop, the last ones are written down."""

    async def loop() -> None:
        for number in range(1000):
            await succeed(number)

    awaited = seen(Deferred.fromCoroutine(loop())).awaited
    assert [awaited[0].gave, awaited[-1].gave, len(awaited)] == ["800", "999", 200]


def test_coroutines_at_their_end() -> None:
    """A coroutine that is over, and is kept, is not taken for another one that runs in its place."""
    over = [one_more(succeed(1)) for _ in range(50)]
    ended = [Deferred.fromCoroutine(coroutine) for coroutine in over]
    for _ in range(50):
        with suppress(StopIteration):
            one_more(succeed(2)).send(None)
    assert [len(seen(d).awaited) for d in ended] == [1] * 50
    assert [result_of(d) for d in ended] == [2] * 50


def test_forgetting_a_coroutine() -> None:
    """A coroutine that goes is forgotten, and not another one that runs in its place already."""
    old, new = one_more(succeed(1)), one_more(succeed(1))
    key = 0
    coroutines.AWAITED[key] = ref(new), deque()
    coroutines.forget(key, ref(old))
    assert key in coroutines.AWAITED
    coroutines.forget(key, ref(new))
    coroutines.forget(key, ref(new))
    assert key not in coroutines.AWAITED
    for coroutine in (old, new):
        coroutine.close()


def test_a_method_that_was_kept() -> None:
    """Who has kept the method can use it when X-ray is uninstalled."""
    kept = Deferred.fromCoroutine
    xray.uninstall()
    assert result_of(kept(one_more(succeed(1)))) == 2


@ensureDeferred
async def test_awaited_elsewhere() -> None:
    """A Deferred that is awaited by what X-ray has not seen begin goes on as ever; so does one that it has not seen."""
    assert await succeed(1).addCallback(double) == 2
    xray.uninstall()
    unseen = succeed(1)
    xray.install()
    d = Deferred.fromCoroutine(one_more(unseen))
    assert (seen(d).awaited, result_of(d)) == ((), 2)
