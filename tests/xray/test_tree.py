"""What waits, as a tree."""

import asyncio
from collections.abc import AsyncIterator, Coroutine
from typing import Any

import pytest
import pytest_twisted
from twisted.internet import defer
from twisted.internet.defer import (
    Deferred,
    DeferredList,
    ensureDeferred,
    gatherResults,
    inlineCallbacks,
    succeed,
)

from service import xray
from service.xray.tree import Node
from tests.results import result_of


def names(nodes: tuple[Node, ...]) -> Any:
    """The functions of nodes of this module, each with those below it."""
    return {
        name: names(node.waits_for)
        for node in nodes
        if (name := " <- ".join(place.function.split(".")[-1] for place in (*reversed(node.through), node.place)))
        and node.place.file == "tests/xray/test_tree.py"
    }


def tree_of_this() -> Any:
    """The part of the tree that belongs to this module."""
    return names(xray.tree().roots)


def wait(what: Any) -> Deferred[Any]:
    """Wait in an inlineCallbacks function."""

    @inlineCallbacks
    def waiting() -> Any:
        yield what

    return waiting()


async def outer(what: Any) -> None:
    await inner(what)


async def inner(what: Any) -> None:
    await what


def test_generators_and_coroutines() -> None:
    """Each is named by its function and the line on which it waits, with the coroutines that it waits for in turn."""
    last: Deferred[None] = Deferred()
    d = wait(ensureDeferred(outer(last)))
    assert tree_of_this() == {"waiting": {"inner <- outer": {"test_generators_and_coroutines": {}}}}
    [root] = [node for node in xray.tree().roots if node.place.file == "tests/xray/test_tree.py"]
    assert root.waits_for[0].place.line == outer.__code__.co_firstlineno + 1
    assert root.waits_for[0].through[0].line == inner.__code__.co_firstlineno + 1
    line = xray.as_text(xray.tree(most=50)).splitlines()
    places = [f"{one.__name__} tests/xray/test_tree.py:{one.__code__.co_firstlineno + 1}" for one in (inner, outer)]
    assert any(one.endswith(" <- ".join(places)) for one in line)
    last.callback(None)
    assert d.called
    assert tree_of_this() == {}


def test_an_asynchronous_generator() -> None:
    """The next step of an asynchronous generator waits as a coroutine does; where, it does not tell."""
    last: Deferred[int] = Deferred()

    async def numbers() -> AsyncIterator[int]:
        yield await last

    step: Any = numbers().__anext__()
    d = ensureDeferred(step)
    assert xray.of(last).number in [node.number for root in xray.tree().roots for node in root.waits_for]
    last.callback(3)
    assert result_of(d) == 3


def joined(last: Deferred[Any]) -> dict[str, Any]:
    """Deferreds that wait for another one, by what joins them."""
    return {
        "list": DeferredList([last]),
        "gathered": gatherResults([last]),
        "race": defer.race([last, Deferred()]),
        "chain": succeed(None).addCallback(lambda _: last),
    }


@pytest.mark.parametrize("how", ["list", "gathered", "race", "chain"])
def test_what_joins(how: str) -> None:
    """Lists, races and chains stand above what they wait for."""
    last: Deferred[Any] = Deferred()
    d = joined(last)[how]
    number = xray.of(d).number
    [node] = [root for root in xray.tree().roots if root.number == number]
    assert xray.of(last).number in [below.number for below in node.waits_for]


def test_what_has_ended() -> None:
    """What has fired is left out; a Deferred whose step waits is not over."""
    inside: Deferred[Any] = Deferred()
    members = [wait(succeed(1)) for _ in range(30)] + [wait(inside)]
    both = gatherResults(members)
    assert tree_of_this() == {"test_what_has_ended": {"waiting": {"test_what_has_ended": {}}}}
    grid = xray.of(both)
    assert (len(grid.members), grid.fired_members) == (25, 6)
    assert "> and 30 members fired before" in xray.as_text(grid)


def test_its_size() -> None:
    """It has at most so many entries, and says how many there are besides."""
    ds = [Deferred[None]() for _ in range(10)]
    tree = xray.tree(most=3)
    assert len(tree.roots) == 3
    assert tree.left_out == len(xray.waiting()) - 3
    assert xray.as_text(tree).splitlines()[-1] == f"and {tree.left_out} more"
    assert xray.to_dict(tree)["left_out"] == tree.left_out
    assert all(xray.of(d).state == "waiting" for d in ds)


def test_a_circle() -> None:
    """Deferreds that wait for each other have an end."""
    first: Deferred[Any] = Deferred()
    second = DeferredList([first])
    third = wait(second)
    first.addCallback(lambda _: third)
    deep: Any = Deferred()
    for _ in range(100):
        deep = DeferredList([deep])
    assert xray.tree().left_out > 0


def test_nothing() -> None:
    """Where nothing waits, it says so."""
    assert xray.as_text(xray.Tree()) == "nothing waits"


class Bare(Coroutine[Any, Any, None]):
    """A coroutine that does not tell where it waits, as those of other compilers."""

    def send(self, _: object) -> None:
        """Let others have a turn."""

    def throw(self, error: Any, *_: object) -> None:
        raise error

    def close(self) -> None: ...

    def __await__(self) -> Any: ...


@pytest_twisted.ensureDeferred
async def test_tasks() -> None:
    """Where the reactor runs on asyncio, its tasks are there, too, but for those that do not tell where they wait."""
    try:
        loop = asyncio.get_running_loop()
    except RuntimeError:  # another reactor
        assert [node for node in xray.tree().roots if node.kind == "Task"] == []
        return
    event = asyncio.Event()

    async def look() -> None:
        await event.wait()

    tasks = [loop.create_task(look()), loop.create_task(Bare())]
    await Deferred.fromFuture(asyncio.ensure_future(asyncio.sleep(0)))
    [node] = [node for node in xray.tree().roots if node.kind == "Task"]
    assert [place.function for place in (node.place, *node.through)] == [look.__qualname__, "Event.wait"]
    assert " <- test_tasks.look tests/xray/test_tree.py:" in xray.as_text(xray.tree())
    event.set()
    tasks[1].cancel()
    await Deferred.fromFuture(asyncio.ensure_future(asyncio.wait(tasks)))
    assert [task.cancelled() for task in tasks] == [False, True]
