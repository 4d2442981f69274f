"""With X-ray, a program sees what it sees without: exceptions, warnings, stacks, signatures."""

import inspect
import sys
import warnings
from typing import Any

import attrs
import pytest
from twisted.internet import defer
from twisted.internet.defer import Deferred, DeferredList, succeed
from twisted.python.failure import Failure

from service import xray
from service.xray import step as module
from service.xray.record import RECORDS, Record
from service.xray.step import Step
from tests.results import failure_of, result_of
from tests.xray.test_watch import seen


@attrs.frozen
class FrozenError(Exception):
    """An exception whose attributes cannot be set."""

    code: int


class StubbornError(Exception):
    """The same, by hand."""

    def __setattr__(self, name: str, value: object) -> None:
        raise TypeError(name)


@pytest.mark.parametrize("error", [FrozenError(3), StubbornError("no")])
def test_exceptions_that_forbid_everything(error: Exception) -> None:
    """An errback gets the exception that was raised, whatever that forbids, with the traceback it has without X-ray."""

    def refuse(_: object) -> None:
        raise error

    with pytest.raises((TypeError, AttributeError)):
        error.args = ()
    d = succeed(1).addCallback(refuse)
    caught: list[Failure] = []
    d.addErrback(caught.append)
    assert caught[0].value is error
    assert [frame.f_code.co_name for frame, _ in _frames(caught[0])] == ["_runCallbacks", "refuse"]


def _frames(failure: Failure) -> list[tuple[Any, int]]:
    frames, traceback = [], failure.getTracebackObject()
    while traceback is not None:
        frames.append((traceback.tb_frame, traceback.tb_lineno))
        traceback = traceback.tb_next
    return frames


def test_near_the_recursion_limit() -> None:
    """However deep the stack is, an errback gets an exception of the program, or that the stack is too deep."""
    kinds: set[Any] = set()
    for depth in range(sys.getrecursionlimit() - 150, sys.getrecursionlimit()):

        def dive(_: object, left: int) -> None:
            if left:
                dive(_, left - 1)
            raise FrozenError(left)

        caught: list[Failure] = []
        succeed(1).addCallback(dive, depth).addErrback(caught.append)
        kinds.update(failure.type for failure in caught)
    assert kinds == {FrozenError, RecursionError}


def test_warnings_name_their_place() -> None:
    """A warning of a callback about its caller is about Twisted's code, as without X-ray."""

    def warn(_: object) -> None:
        warnings.warn("mind the gap", stacklevel=2)

    with pytest.warns(UserWarning, match="mind the gap") as warned:
        succeed(1).addCallback(warn)
    assert warned[0].filename == defer.__file__


def test_what_warnings_do_not_count() -> None:
    """What is called in between is the function that can be read."""
    record = RECORDS[id(d := Deferred[int]())]

    def refuse(_: object) -> None:
        raise FrozenError(1)

    def as_it_is(number: int) -> int:
        return number

    for call in (Step.call, Step.__call__):
        step = Step(record, "callback", "errback")
        assert call(step, 2, lambda number: number * 2) == 4
        assert call(step, 2, as_it_is) == call(step, 2, None) == 2
        assert call(step, 2, lambda _: d) is d
        assert call(step, 2, refuse).type is FrozenError


def test_what_cannot_be_recorded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without values, or where the stack is too deep to record, the function runs all the same."""
    record = Record(d := Deferred[int](), bool)
    with xray.watching(values=False):
        assert Step.call(Step(record, "callback", None), 2, abs) == 2

    def too_deep() -> float:
        raise RecursionError

    monkeypatch.setattr(module, "monotonic", too_deep)
    assert Step.call(Step(record, "callback", None), 2, lambda number: number * 2) == 4
    assert not d.called


def test_an_interrupt() -> None:
    """Ctrl-C while a value is shown is not swallowed."""

    class Slow:
        def __repr__(self) -> str:
            raise KeyboardInterrupt

    failure_of(succeed(Slow()).addCallback(lambda _: None), KeyboardInterrupt)


def test_debugging() -> None:
    """Twisted's own debugging says who has made a Deferred, not X-ray."""
    defer.setDebugging(True)
    try:
        made: Any = Deferred()
    finally:
        defer.setDebugging(False)
    assert "made: Any = Deferred()" in made._debugInfo.creator[-1]  # noqa: SLF001
    assert seen(made).state == "waiting"


def test_signatures() -> None:
    """The methods have their docstrings and signatures."""
    with_it = [(inspect.signature(method), method.__doc__) for method in _methods()]
    xray.uninstall()
    without = [(inspect.signature(method), method.__doc__) for method in _methods()]
    xray.install()
    assert with_it == without


def _methods() -> list[Any]:
    names = ("__init__", "addCallback", "addErrback", "addBoth", "addCallbacks", "cancel", "fromCoroutine", "__await__")
    return [*(getattr(Deferred, name) for name in names), DeferredList.__init__]


def test_it_never_names_itself() -> None:
    """What an inlineCallbacks function that is a callback waits for was not made by X-ray."""

    @defer.inlineCallbacks
    def wait(_: object) -> Any:
        yield Deferred()

    outer = succeed(1).addCallback(wait)
    grid = seen(outer).steps[0].returned
    assert grid is not None
    assert (grid.made.function, grid.made.file) == (f"{wait.__qualname__}", "tests/xray/test_faithful.py")
    assert "service/xray" not in xray.as_text(seen(outer))


def test_an_older_one() -> None:
    """Of a Deferred that is older than X-ray, it is known whether it has fired, and with what."""
    xray.uninstall()
    waits, fired, failed = Deferred[int](), succeed(3), defer.fail(FrozenError(1))
    xray.install()
    assert (xray.of(waits).state, xray.of(fired).gave, xray.of(failed).left) == ("waiting", "3", "errback")
    assert xray.as_text(xray.of(fired)) == "Deferred fired, made before X-ray was installed: 3"
    assert xray.of(failed).unhandled
    failure_of(failed, FrozenError)
    assert result_of(fired) == 3


def test_two_copies(monkeypatch: pytest.MonkeyPatch) -> None:
    """A second copy in one process is refused, and both are named."""

    def init(self: Any, canceller: Any = None) -> None: ...

    init.deferred_xray = "/elsewhere/deferred_xray/watch.py"  # type: ignore[attr-defined]
    monkeypatch.setattr(Deferred, "__init__", init)
    with pytest.raises(RuntimeError, match=r"/elsewhere/deferred_xray/watch\.py; this one is .*service/xray/watch\.py"):
        xray.install()
