"""What is written down of a Deferred."""

import copy
import functools
import gc
import json
import pickle
from collections.abc import Callable
from typing import Any
from weakref import ref

import pytest
from twisted.internet.defer import (
    CancelledError,
    Deferred,
    DeferredList,
    fail,
    gatherResults,
    inlineCallbacks,
    succeed,
)

from service import xray
from service.xray import calls
from service.xray.grid import Grid
from service.xray.record import record_of
from service.xray.text import duration
from tests.results import failure_of, result_of


def seen(d: Deferred[Any]) -> Grid:
    grid = xray.of(d)
    assert grid is not None
    return grid


def double(number: int) -> int:
    return number * 2


def double_nothing(number: int) -> int:
    return number


def refuse(_: object) -> None:
    raise ValueError("no such thing")


def or_zero(_: object) -> int:
    return 0


def test_the_way_of_a_result() -> None:
    """Each pair has its names, the side the result came in on, the side it left by, and what it was then."""
    d = succeed(1)
    d.addCallback(double)
    d.addErrback(or_zero)
    d.addCallbacks(refuse, or_zero)
    d.addBoth(or_zero)
    assert [(step.callback, step.errback, step.came, step.left, step.gave) for step in seen(d).steps] == [
        ("double", None, "callback", "callback", "2"),
        (None, "or_zero", "callback", "callback", "2"),
        ("refuse", "or_zero", "callback", "errback", "ValueError: no such thing"),
        ("or_zero", "or_zero", "errback", "callback", "0"),
    ]
    assert seen(d).state == "fired"


def test_before_it_has_fired() -> None:
    """What has not run yet is known by its names; when it fires, the way is the same as if it had fired before."""
    d: Deferred[int] = Deferred()
    d.addCallback(double)
    grid = seen(d)
    assert (grid.state, grid.waits_for, [step.came for step in grid.steps]) == ("waiting", grid, [None])
    d.callback(1)
    assert [step.gave for step in seen(d).steps] == ["2"]


def test_where_it_was_made() -> None:
    """The origin is where our code made it, also by one of Twisted's helpers."""
    made_here: list[Deferred[Any]] = [Deferred(), succeed(None), gatherResults([])]
    for d in made_here:
        made = seen(d).made
        assert made.file == "tests/xray/test_watch.py"  # as it is imported, and not where it is installed
        assert made.function == "test_where_it_was_made"


def test_names() -> None:
    """A callback goes by its qualified name, a partial by what it calls, an object by its type."""

    class Doubler:
        def __call__(self, _: object) -> None:
            """Take it."""

    d: Any = Deferred[int]()
    d.addCallback(functools.partial(double)).addCallback(Doubler())
    assert [step.callback for step in seen(d).steps] == ["double", "test_names.<locals>.Doubler"]


def test_what_a_step_returned() -> None:
    """A Deferred that a step returned is a grid of its own, inside it; the step waits until it fires."""
    inner: Deferred[str] = Deferred()
    d = succeed(None).addCallback(lambda _: inner.addCallback(str.upper))
    [step] = seen(d).steps
    assert (step.came, step.left) == ("callback", None)
    assert step.returned is not None
    assert getattr(seen(d).waits_for, "made", None) == step.returned.made == seen(inner).made
    inner.callback("here")
    [step] = seen(d).steps
    assert (step.left, step.gave, result_of(d)) == ("callback", "'HERE'", "HERE")
    assert step.returned is not None
    assert step.returned.state == "fired"
    assert seen(d).waits_for is None


def test_members() -> None:
    """A DeferredList has its members, and waits for the first of them that has not fired."""
    members: list[Deferred[int]] = [succeed(1), Deferred(), Deferred()]
    d = DeferredList(members)
    grid = seen(d)
    assert [member.state for member in grid.members] == ["fired", "waiting", "waiting"]
    assert grid.waits_for == grid.members[1]
    for member in members[1:]:
        member.callback(2)
    assert [state for state, _ in result_of(d)] == [True] * 3


def test_cancelling() -> None:
    """What was cancelled says so; what has fired already was not."""
    d: Deferred[None] = Deferred()
    fired = succeed(None)
    d.cancel()
    fired.cancel()
    failure_of(d, CancelledError)
    assert seen(d).cancelled
    assert not seen(fired).cancelled


def test_inline_callbacks() -> None:
    """What an inlineCallbacks function waits for is seen on the Deferred that it yielded."""
    inner: Deferred[int] = Deferred()

    @inlineCallbacks
    def ask() -> Any:
        return (yield inner) + 1

    d = ask()
    assert seen(d).state == "waiting"
    assert len(seen(inner).steps) == 1
    inner.callback(1)
    assert result_of(d) == 2


def test_a_forgotten_deferred() -> None:
    """A Deferred made by a step that was neither returned nor given an errback is pointed at."""
    kept: list[Deferred[Any]] = []

    def forget(_: object) -> None:
        kept.append(Deferred().addCallback(double))

    def start_a_thread(_: object) -> None:
        kept.append(Deferred().addCallback(double).addErrback(or_zero))

    def hand_on(_: object) -> Deferred[Any]:
        kept.append(succeed(1).addCallback(double))
        return kept[-1]

    for step, count in ((forget, 1), (start_a_thread, 0), (hand_on, 0)):
        assert len(seen(succeed(None).addCallback(step)).forgotten) == count


def test_an_unhandled_failure() -> None:
    """A Deferred that ends in a failure is said to do so, until somebody takes it."""
    early = fail(ValueError())
    assert seen(early).unhandled
    early.addErrback(or_zero)
    d = succeed(None).addCallback(refuse)
    assert seen(d).unhandled
    assert "fired, failed unhandled" in xray.as_text(seen(d))
    d.addErrback(or_zero)
    assert not seen(d).unhandled
    inner = succeed(None).addCallback(refuse)
    outer = succeed(None).addCallback(lambda _: inner).addErrback(or_zero)
    assert not seen(inner).unhandled
    assert not seen(outer).unhandled


def test_what_waits() -> None:
    """What has not fired can be listed, the oldest first, or what has waited for long."""
    first, second = Deferred[None](), Deferred[None]()
    ours = [grid for grid in xray.waiting() if grid.made.function == "test_what_waits"]
    assert [grid.made.line for grid in ours] == [seen(first).made.line] * 2
    assert ours[0].age >= ours[1].age
    assert xray.waiting(older_than=3600) == []
    for d in (first, second):
        d.callback(None)
    assert not [grid for grid in xray.waiting() if grid.made.function == "test_what_waits"]


def test_what_it_has_ended_with() -> None:
    """The side of a result, and what it is, are known also where there is no step that would have seen it."""
    failing, fired, waiting = fail(ValueError("no")), succeed(1), Deferred[None]()
    ends = [(grid.left, grid.gave) for grid in map(seen, (failing, fired, waiting))]
    assert ends == [("errback", "ValueError: no"), ("callback", "1"), (None, None)]
    assert xray.as_text(seen(failing)).endswith(" ago: ValueError: no")
    failing.addErrback(or_zero)
    assert (seen(failing).left, seen(failing).gave) == ("callback", "0")
    outer = succeed(None).addCallback(lambda _: fail(ValueError("inside"))).addErrback(or_zero)
    returned = seen(outer).steps[0].returned
    assert returned is not None
    assert (returned.state, returned.left, returned.gave) == ("fired", "errback", "ValueError: inside")


def test_the_journal() -> None:
    """The last ones are remembered by name, also when they are gone; what nobody watches is not."""
    journal = xray.RecentTraces(most=2)
    for name in ("a", "b", "a", "c"):
        journal.remember(name, succeed(name).addCallback(str.upper))
    assert [remembered.name for remembered in journal.all()] == ["c", "a"]
    assert journal.grid("b") is None
    grid = journal.grid("a")
    assert grid is not None
    assert (grid.state, grid.steps[0].gave) == ("fired", "'A'")
    journal.conclude("a", 200)
    journal.conclude("b", 200)
    assert [remembered.outcome for remembered in journal.all()] == [None, 200]
    xray.uninstall()
    journal.remember("unseen", succeed(None))
    assert journal.grid("unseen") is None


def test_very_long_chains() -> None:
    """Of a chain that goes on and on, and of a step that makes very many Deferreds, the beginning is written down."""
    kept: list[Deferred[Any]] = []

    def make_many(same: int) -> int:
        kept.extend(Deferred() for _ in range(1000))
        return same

    d = succeed(1)
    for _ in range(1000):
        d.addCallback(double_nothing)
    assert (len(seen(d).steps), seen(d).unseen) == (200, 800)
    assert "and 800 more steps, which are left out" in xray.as_text(seen(d))
    assert result_of(d) == 1
    d = succeed(1).addCallback(make_many)
    assert len(seen(d).forgotten) == 200


def test_what_is_shown() -> None:
    """A value is shown in a few characters, whatever its repr does; not at all, if values are not to be."""

    class Odd:
        def __repr__(self) -> str:
            raise RuntimeError

    values: list[Any] = ["x" * 10_000, Odd(), list(range(1000)), {"a": {"b": {"c": {}}}}, 10**1000]
    for value in values:
        [step] = seen(succeed(value).addCallback(lambda same: same)).steps
        assert step.gave is not None
        assert len(step.gave) <= 80
    [step] = seen(fail(ValueError("x" * 10_000)).addErrback(or_zero)).steps
    assert step.took is not None
    assert len(step.took) <= 80
    with xray.watching(values=False):
        steps = seen(succeed("secret").addCallback(lambda same: same).addCallback(str.upper)).steps
    assert [(step.took, step.gave) for step in steps] == [(None, None)] * 2


def test_what_cannot_be_written_down(monkeypatch: pytest.MonkeyPatch) -> None:
    """At the limit of recursion nothing may be left to write down with; what is to be done is done all the same."""

    def at_the_limit() -> float:
        raise RecursionError

    d: Deferred[int] = Deferred()
    d.addCallback(double).addErrback(or_zero).addCallback(lambda _: succeed(5))
    monkeypatch.setattr(calls, "monotonic", at_the_limit)
    d.callback(1)
    assert result_of(d) == 5


def test_nothing_is_kept_alive() -> None:
    """What X-ray has seen can go when nobody else holds it, and it goes from the list of what waits."""

    class Value:
        """Can be referred to weakly."""

    value = Value()
    d: Deferred[Any] = Deferred()
    d.addCallback(lambda same: same)
    gone, value_gone = ref(d), ref(value)
    before = len(xray.waiting())
    d.callback(value)
    del d, value
    assert gone() is None
    assert value_gone() is None
    outer = succeed(None).addCallback(lambda _: Deferred())
    assert len(xray.waiting()) == before
    assert seen(outer).state == "fired"
    del outer
    gc.collect()
    assert len(xray.waiting()) == before - 1


def test_uninstalled() -> None:
    """Uninstalled, the methods are the ones of Twisted itself; what is made then is not seen, and works."""
    xray.uninstall()
    assert not xray.installed()
    assert Deferred.addCallback.__module__ == Deferred.__init__.__module__ == "twisted.internet.defer"
    assert DeferredList.__init__.__module__ == Deferred.cancel.__module__ == "twisted.internet.defer"
    unseen = succeed(1).addCallback(double)
    assert xray.of(unseen) is None
    xray.install()
    assert xray.installed()
    unseen.addCallbacks(double, or_zero).addCallback(double).addErrback(or_zero).addBoth(double).cancel()
    assert xray.of(unseen) is None
    assert seen(DeferredList([unseen])).members == ()
    outer = succeed(None).addCallback(lambda _: unseen)
    assert seen(outer).steps[0].returned is None
    assert result_of(outer) == 16


def test_the_traceback_of_a_failure() -> None:
    """A failure has the traceback that it has without X-ray."""

    def frames() -> list[str]:
        return [line for line in failure_text(succeed(None).addCallback(refuse)).splitlines() if "File" in line]

    def failure_text(d: Deferred[Any]) -> str:
        texts: list[str] = []
        d.addErrback(lambda failure: texts.append(failure.getTraceback()))
        return texts[0]

    watched = frames()
    xray.uninstall()
    assert frames() == watched


@pytest.mark.parametrize("watch", [xray.install, xray.uninstall])
def test_wrong_arguments(watch: Callable[[], None]) -> None:
    """What is no callable fails as it does without X-ray."""
    watch()
    nothing: Any = "not callable"
    for d in (
        succeed(None).addCallback(nothing),
        succeed(None).addBoth(nothing),
        succeed(None).addCallbacks(nothing, or_zero),
        fail(ValueError()).addErrback(nothing),
    ):
        failure_of(d, TypeError)


def test_as_text_and_json() -> None:
    """A grid can be drawn for a terminal, and be said in JSON."""
    inner: Deferred[int] = Deferred()

    kept: list[Deferred[Any]] = []

    def forget(_: object) -> Deferred[int]:
        kept.append(Deferred().addCallback(double))
        return inner

    first = succeed(1)
    for step in (double, refuse):
        first.addCallback(step)
    d = DeferredList([first.addErrback(or_zero).addCallback(forget)], consumeErrors=True)
    text = xray.as_text(seen(d))
    assert "DeferredList waiting, made in test_as_text_and_json" in text
    for line in (
        "[double]",
        "[refuse]",
        "[or_zero]",
        "forget]",
        "... waits",
        "> returned Deferred waiting",
        "forgotten?",
    ):
        assert line in text
    assert "ValueError: no such thing" in text
    inner.cancel()
    assert [ok for ok, _ in result_of(d)] == [False]
    assert "cancelled" in xray.as_text(seen(d))
    described = json.loads(json.dumps(xray.to_dict(seen(d))))
    assert described["members"][0]["steps"][1]["left"] == "errback"


class Pretender:
    """Has every attribute, as a mock does."""

    def __getattr__(self, _: str) -> Any:
        return self

    def __call__(self, *_: object) -> str:
        return "called"


def test_odd_callbacks() -> None:
    """Whatever can be called is, with whatever it is to be called with."""
    names: Any = {"result": 1, "self": 2}
    assert result_of(succeed(1).addCallback(Pretender())) == "called"
    assert result_of(succeed(0).addCallbacks(lambda _, **named: named, or_zero, callbackKeywords=names)) == names
    d: Any = fail(ValueError())
    assert result_of(d.addErrback(lambda _, result=0: result, result=5)) == 5


class Rude:
    """Raises what nobody expects when it is looked at."""

    def __repr__(self) -> str:
        raise SystemExit


def test_what_is_rude() -> None:
    """A value that cannot be looked at goes its way all the same."""
    value = Rude()
    d = succeed(value).addCallback(lambda same: same)
    assert result_of(d) is value
    assert seen(d).steps[0].gave == "<Rude>"


def test_what_does_not_print() -> None:
    """What would break a line, or drive a terminal, is escaped; what is very large is shown by its type."""
    [step] = seen(fail(ValueError("a\nb\x1b[31m\ud800")).addErrback(or_zero)).steps
    assert step.took == r"ValueError: a\nb\x1b[31m\ud800"
    [step] = seen(succeed(set(range(2000))).addCallback(lambda same: same)).steps
    assert step.took == "<set of 2000>"


def test_the_collector_has_nothing_to_do() -> None:
    """What a callback has raised goes at once when nobody holds it, as it does without X-ray."""

    class Value:
        """Can be referred to weakly."""

    def lose(value: Value) -> None:
        references.append(ref(value))
        raise ValueError

    references: list[Any] = []
    gc.collect()
    gc.disable()
    try:
        d: Deferred[Any] = succeed(Value())
        d.addCallback(lose).addErrback(or_zero)
        references.append(ref(d))
        del d
        assert [reference() for reference in references] == [None, None]
    finally:
        gc.enable()


def test_deferreds_that_are_equal() -> None:
    """Each Deferred is seen for itself, whatever it is equal to."""

    class Equal(Deferred[int]):
        """Is equal to everything, and has no hash."""

        __hash__ = None  # type: ignore[assignment]  # that is what goes without one

        def __eq__(self, _: object) -> bool:
            return True

    first, second = Equal(), Equal()
    assert first == second
    first.addCallback(double)
    assert [len(seen(d).steps) for d in (first, second)] == [1, 0]


def test_watching_twice() -> None:
    """Who watches meanwhile leaves it as it was."""
    with xray.watching(values=False):
        assert xray.installed()
    assert xray.installed()
    assert seen(succeed(1).addCallback(double)).steps[0].gave == "2"


def test_copies() -> None:
    """A Deferred with callbacks can be pickled and copied; the copy is not watched, and works."""
    d: Deferred[int] = Deferred()
    d.addCallback(double).addErrback(or_zero)
    for copied in (copy.deepcopy(d), pickle.loads(pickle.dumps(d))):
        copied.callback(2)
        assert result_of(copied) == 4
        assert xray.of(copied) is None


def test_very_many_grids() -> None:
    """A grid of grids of grids ends somewhere."""
    members: Any = Deferred()
    for _ in range(6):
        members = DeferredList([members] * 6)

    def count(grid: Grid) -> int:
        return 1 + sum(map(count, grid.members))

    assert count(seen(members)) <= 7000


def test_a_loop_in_the_background() -> None:
    """Deferreds that each step of a loop makes leave nothing behind when they are gone."""
    written: list[Any] = []

    def go_on(rounds: int) -> None:
        if rounds:
            waiting.append(Deferred())
            written.append(ref(record_of(waiting[0])))
            waiting[0].addCallback(lambda _: go_on(rounds - 1)).addErrback(or_zero)

    waiting: list[Deferred[Any]] = []
    outer = succeed(100).addCallback(go_on)
    while waiting:
        waiting.pop().callback(None)
    gc.collect()
    assert len(written) == 100
    assert [reference() for reference in written] == [None] * 100
    assert seen(outer).forgotten == ()


def test_a_failure_that_is_being_looked_after() -> None:
    """A failure is not unhandled while its errback waits; what comes of that is shown, not what was there before."""
    waiting: Deferred[Any] = Deferred()
    d = succeed(None).addCallback(refuse).addErrback(lambda _: waiting)
    assert not seen(d).unhandled
    record = record_of(d)
    assert record is not None
    assert record.shown is None  # else a value of the same identity could be taken for the old one
    waiting.callback(["new"])
    assert seen(d).steps[-1].gave == "['new']"
    assert result_of(d) == ["new"]


def test_values_that_nobody_saw() -> None:
    """What has changed while nobody watched is shown as it is now."""
    d = succeed("old").addCallback(str.upper)
    xray.uninstall()
    d.addCallback(lambda _: ["new"])
    xray.install()
    d.addCallback(lambda same: same)
    assert seen(d).steps[-1].took == "['new']"


def test_durations() -> None:
    """A duration is said in its own unit."""
    assert [duration(seconds) for seconds in (0, 57e-6, 0.0123, 0.84, 3.14159)] == [
        *("0 µs", "57 µs", "12.3 ms", "840.0 ms"),
        "3.1 s",
    ]
