"""What X-ray records of a Deferred."""

import copy
import functools
import gc
import inspect
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
from service.xray import step as module
from service.xray.grid import Grid
from service.xray.record import RECORDS, Record
from service.xray.text import duration
from tests.collector import collect, counts_references
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
    """Each step has its names, the sides that the result came in on and left on, and its value."""
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
    """A waiting Deferred shows the names of its steps; when it fires, their results are recorded."""
    d: Deferred[int] = Deferred()
    d.addCallback(double)
    grid = seen(d)
    assert (grid.state, grid.waits_for, [step.came for step in grid.steps]) == ("waiting", grid, [None])
    d.callback(1)
    assert [step.gave for step in seen(d).steps] == ["2"]


def test_where_it_was_made() -> None:
    """The origin is the code that made the Deferred, also through one of Twisted's helpers."""
    made_here: list[Deferred[Any]] = [Deferred(), succeed(None), gatherResults([])]
    for d in made_here:
        made = seen(d).made
        assert made.file == "tests/xray/test_watch.py"  # relative to sys.path
        assert made.function == "test_where_it_was_made"


def test_names() -> None:
    """A callback is shown by its qualified name, a partial by its function, an object by its type."""

    class Doubler:
        def __call__(self, _: object) -> None:
            """Accept any result."""

    d: Any = Deferred[int]()
    d.addCallback(functools.partial(double)).addCallback(Doubler())
    assert [step.callback for step in seen(d).steps] == ["double", "test_names.<locals>.Doubler"]


def test_what_a_step_returned() -> None:
    """A Deferred returned by a step is a nested grid, and the step waits until it fires."""
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
    """A DeferredList lists its members and waits for the first one that has not fired."""
    members: list[Deferred[int]] = [succeed(1), Deferred(), Deferred()]
    d = DeferredList(members)
    grid = seen(d)
    assert [member.state for member in grid.members] == ["fired", "waiting", "waiting"]
    assert grid.waits_for == grid.members[1]
    for member in members[1:]:
        member.callback(2)
    assert [state for state, _ in result_of(d)] == [True] * 3


def test_cancelling() -> None:
    """A cancelled Deferred is shown as cancelled, unless it had already fired."""
    d: Deferred[None] = Deferred()
    fired = succeed(None)
    d.cancel()
    fired.cancel()
    failure_of(d, CancelledError)
    assert seen(d).cancelled
    assert not seen(fired).cancelled


def test_inline_callbacks() -> None:
    """What an inlineCallbacks function waits for is known, and the line on which it does."""
    inner: Deferred[int] = Deferred()

    @inlineCallbacks
    def ask() -> Any:
        return (yield inner) + 1

    d = ask()
    grid = seen(d)
    assert (grid.state, grid.waits_for, grid.awaited[0].steps) == ("waiting", grid.awaited[0], ())
    [place] = grid.waits_in
    assert (place.function, place.file) == ("test_inline_callbacks.<locals>.ask", "tests/xray/test_watch.py")
    assert place.line == inspect.unwrap(ask).__code__.co_firstlineno + 2
    inner.callback(1)
    assert result_of(d) == 2
    assert (seen(d).waits_in, seen(d).awaited[0].gave) == ((), "1")


def test_a_forgotten_deferred() -> None:
    """A Deferred that a step made and neither returned nor gave an errback is reported as forgotten."""
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
    """A Deferred that ends in a failure is unhandled until the failure is taken."""
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
    """Waiting Deferreds are listed oldest first, and can be filtered by age."""
    first, second = Deferred[None](), Deferred[None]()
    ours = [grid for grid in xray.waiting() if grid.made.function == "test_what_waits"]
    assert [grid.made.line for grid in ours] == [seen(first).made.line] * 2
    assert ours[0].age >= ours[1].age
    assert xray.waiting(older_than=3600) == []
    for d in (first, second):
        d.callback(None)
    assert not [grid for grid in xray.waiting() if grid.made.function == "test_what_waits"]


def test_what_it_has_ended_with() -> None:
    """The side and the value of a result are known even without a step that saw it."""
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
    """The last Deferreds are remembered by name even after they are gone; an unwatched one is not remembered."""
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
    """Only the first 200 steps of a chain, and the first 200 Deferreds that a step makes, are recorded."""
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
    """A value is shown in at most 80 characters whatever its repr does, and not at all with ``values=False``."""

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
    """At the recursion limit recording may fail, but the callbacks still run."""

    def at_the_limit() -> float:
        raise RecursionError

    d: Deferred[int] = Deferred()
    d.addCallback(double).addErrback(or_zero).addCallback(lambda _: succeed(5))
    monkeypatch.setattr(module, "monotonic", at_the_limit)
    d.callback(1)
    assert result_of(d) == 5


def test_nothing_is_kept_alive() -> None:
    """X-ray keeps no Deferred and no value alive, and a Deferred that is gone leaves the list of waiting ones."""

    class Value:
        """A value that supports weak references."""

    value = Value()
    d: Deferred[Any] = Deferred()
    d.addCallback(lambda same: same)
    gone, value_gone = ref(d), ref(value)
    before = len(xray.waiting())
    d.callback(value)
    del d, value
    collect()
    assert gone() is None
    assert value_gone() is None
    outer = succeed(None).addCallback(lambda _: Deferred())
    assert len(xray.waiting()) == before
    assert seen(outer).state == "fired"
    del outer
    collect()
    assert len(xray.waiting()) == before - 1


def test_uninstalled() -> None:
    """Uninstalling restores Twisted's own methods, and Deferreds made afterwards work and are not recorded."""
    xray.uninstall()
    assert not xray.installed()
    assert Deferred.addCallback.__module__ == Deferred.__init__.__module__ == "twisted.internet.defer"
    assert DeferredList.__init__.__module__ == Deferred.cancel.__module__ == "twisted.internet.defer"
    unseen = succeed(1).addCallback(double)
    assert xray.of(unseen).number == 0
    xray.install()
    assert xray.installed()
    unseen.addCallbacks(double, or_zero).addCallback(double).addErrback(or_zero).addBoth(double).cancel()
    assert xray.of(unseen).number == 0
    assert seen(DeferredList([unseen])).members == ()
    outer = succeed(None).addCallback(lambda _: unseen)
    assert seen(outer).steps[0].returned is None
    assert result_of(outer) == 16


def test_the_traceback_of_a_failure() -> None:
    """A failure has the same traceback as without X-ray."""

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
    """A callback that is not callable fails as it does without X-ray."""
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
    """A grid can be drawn for a terminal and converted to JSON."""
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
    """An object that has every attribute, as a mock does."""

    def __getattr__(self, _: str) -> Any:
        return self

    def __call__(self, *_: object) -> str:
        return "called"


def test_odd_callbacks() -> None:
    """Any callable works as a callback, with any arguments."""
    names: Any = {"result": 1, "self": 2}
    assert result_of(succeed(1).addCallback(Pretender())) == "called"
    assert result_of(succeed(0).addCallbacks(lambda _, **named: named, or_zero, callbackKeywords=names)) == names
    d: Any = fail(ValueError())
    assert result_of(d.addErrback(lambda _, result=0: result, result=5)) == 5


class Rude:
    """A value whose repr raises an unexpected exception."""

    def __repr__(self) -> str:
        raise SystemExit


def test_what_is_rude() -> None:
    """A value whose repr raises is passed along unchanged."""
    value = Rude()
    d = succeed(value).addCallback(lambda same: same)
    assert result_of(d) is value
    assert seen(d).steps[0].gave == "<Rude>"


def test_what_does_not_print() -> None:
    """Line breaks and terminal controls are escaped, and a very large set is shown by its type and size."""
    [step] = seen(fail(ValueError("a\nb\x1b[31m\ud800")).addErrback(or_zero)).steps
    assert step.took == r"ValueError: a\nb\x1b[31m\ud800"
    [step] = seen(succeed(set(range(2000))).addCallback(lambda same: same)).steps
    assert step.took == "<set of 2000>"


@counts_references
def test_the_collector_has_nothing_to_do() -> None:
    """What a callback has raised is freed immediately, without the garbage collector, as without X-ray."""

    class Value:
        """A value that supports weak references."""

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
    """Deferreds that compare equal are recorded separately."""

    class Equal(Deferred[int]):
        """A Deferred that is equal to everything and not hashable."""

        __hash__ = None  # type: ignore[assignment]  # unhashable on purpose

        def __eq__(self, _: object) -> bool:
            return True

    first, second = Equal(), Equal()
    assert first == second
    first.addCallback(double)
    assert [len(seen(d).steps) for d in (first, second)] == [1, 0]


def test_watching_twice() -> None:
    """A nested ``watching`` block restores the previous state."""
    with xray.watching(values=False):
        assert xray.installed()
    assert xray.installed()
    assert seen(succeed(1).addCallback(double)).steps[0].gave == "2"


def test_copies() -> None:
    """A Deferred with callbacks can be pickled and copied; the copy works and is not watched."""
    d: Deferred[int] = Deferred()
    d.addCallback(double).addErrback(or_zero)
    for copied in (copy.deepcopy(d), pickle.loads(pickle.dumps(d))):
        copied.callback(2)
        assert result_of(copied) == 4
        assert xray.of(copied).number == 0


def test_very_many_grids() -> None:
    """The number of grids in a snapshot is bounded."""
    members: Any = Deferred()
    for _ in range(6):
        members = DeferredList([members] * 6)

    def count(grid: Grid) -> int:
        return 1 + sum(map(count, grid.members))

    assert count(seen(members)) <= 7000


def test_a_loop_in_the_background() -> None:
    """Deferreds made by the steps of a loop leave no records behind when they are gone."""
    written: list[Any] = []

    def go_on(rounds: int) -> None:
        if rounds:
            waiting.append(Deferred())
            written.append(RECORDS[id(waiting[0])].number)
            waiting[0].addCallback(lambda _: go_on(rounds - 1)).addErrback(or_zero)

    waiting: list[Deferred[Any]] = []
    outer = succeed(100).addCallback(go_on)
    while waiting:
        waiting.pop().callback(None)
    collect()
    assert len(written) == 100
    assert {record.number for record in gc.get_objects() if type(record) is Record}.isdisjoint(written)
    assert seen(outer).forgotten == ()


def test_a_failure_that_is_being_looked_after() -> None:
    """A failure is not unhandled while its errback waits, and what the errback then gives is shown."""
    waiting: Deferred[Any] = Deferred()
    d = succeed(None).addCallback(refuse).addErrback(lambda _: waiting)
    assert not seen(d).unhandled
    record = RECORDS[id(d)]
    assert record is not None
    assert record.shown is None  # otherwise a new value with the same id could be taken for the old one
    waiting.callback(["new"])
    assert seen(d).steps[-1].gave == "['new']"
    assert result_of(d) == ["new"]


def test_values_that_nobody_saw() -> None:
    """A result that changed while X-ray was uninstalled is shown as it is now."""
    d = succeed("old").addCallback(str.upper)
    xray.uninstall()
    d.addCallback(lambda _: ["new"])
    xray.install()
    d.addCallback(lambda same: same)
    assert seen(d).steps[-1].took == "['new']"


def test_durations() -> None:
    """A duration is shown in a suitable unit."""
    assert [duration(seconds) for seconds in (0, 57e-6, 0.0123, 0.84, 3.14159)] == [
        *("0 µs", "57 µs", "12.3 ms", "840.0 ms"),
        "3.1 s",
    ]
