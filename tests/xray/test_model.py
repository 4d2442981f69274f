"""Random chains: X-ray records what a small model predicts, and the result is that of a plain Deferred."""

from typing import Any

import pytest
from hypothesis import given, settings, strategies
from twisted.internet.defer import CancelledError, Deferred, fail, succeed
from twisted.python.failure import Failure

from service import xray

#: What a callback or errback may do; None means that it is missing.
DEEDS = [
    "return",
    "raise",
    "return a failure",
    "return what fired",
    "return what fails",
    "return what fires later",
    None,
]
pairs = strategies.lists(strategies.tuples(strategies.sampled_from(DEEDS), strategies.sampled_from(DEEDS)), max_size=8)


class Boom(Exception):
    """The error that a callback or errback raises."""


def do(deed: str, later: list[Deferred[Any]]) -> Any:
    """Make a function that does the deed."""

    def function(_: object) -> Any:
        if deed == "raise":
            raise Boom
        if deed == "return what fires later":
            later.append(Deferred())
            return later[-1]
        return {
            "return": lambda: "value",
            "return a failure": lambda: Failure(Boom()),
            "return what fired": lambda: succeed("value"),
            "return what fails": lambda: fail(Boom()),
        }[deed]()

    return function


def build(chain: list[tuple[str | None, str | None]], *, fails: bool, early: bool) -> tuple[Deferred[Any], list[Any]]:
    """Make a Deferred with a chain, and fire it and all that it waits for; also return what it ends with."""
    later: list[Deferred[Any]] = []
    d: Deferred[Any] = Deferred()

    def fire() -> None:
        d.errback(Boom()) if fails else d.callback("first")

    if early:
        fire()
    for callback, errback in chain:
        match callback, errback:
            case None, None:
                d.addCallback(lambda same: same)
            case str(), None:
                d.addCallback(do(callback, later))
            case None, str():
                d.addErrback(do(errback, later))
            case _:
                d.addCallbacks(do(str(callback), later), do(str(errback), later))
    if not early:
        fire()
    for waiting in later:  # grows during the loop
        waiting.callback("late")
    ended: list[Any] = []
    d.addBoth(lambda result: ended.append(type(result.value) if isinstance(result, Failure) else result))
    return d, ended


def model(chain: list[tuple[str | None, str | None]], *, fails: bool) -> list[tuple[str, str]]:
    """Return the path of a result: for each pair, the side that it comes in on and the side that it leaves on."""
    side, way = "errback" if fails else "callback", []
    for pair in chain:
        deed = pair[side == "errback"]
        came = side
        if deed is not None:
            side = "errback" if deed in ("raise", "return a failure", "return what fails") else "callback"
        way.append((came, side))
    return way


@settings(max_examples=300, deadline=None)
@given(chain=pairs, fails=strategies.booleans(), early=strategies.booleans())
def test_the_way(chain: list[tuple[str | None, str | None]], *, fails: bool, early: bool) -> None:
    """The path is that of the model, whether fired early or late, and the result is the same as without X-ray."""
    d, ended = build(chain, fails=fails, early=early)
    grid = xray.of(d)
    assert grid is not None
    *steps, _ = grid.steps
    assert [(step.came, step.left) for step in steps] == model(chain, fails=fails)
    xray.uninstall()
    _, plain = build(chain, fails=fails, early=early)
    xray.install()
    assert ended == plain


#: Number of Deferreds that a chain waits for, one after the other, after it has fired.
WAITS = 3


def build_to_wait(fired: int) -> tuple[Deferred[Any], list[Any]]:
    """Make a Deferred with callbacks that wait, and fire the first ``fired`` in turn; also return what it ends with."""
    later: list[Deferred[Any]] = [Deferred() for _ in range(WAITS)]
    d: Deferred[Any] = Deferred()
    for waiting in later:
        d.addCallback(lambda _, waiting: waiting, waiting)
    ended: list[Any] = []
    d.addBoth(lambda result: ended.append(result.type if isinstance(result, Failure) else result))
    for waiting in [d, *later][:fired]:
        waiting.callback("value")
    return d, ended


@pytest.mark.parametrize("fired", range(WAITS + 2))
def test_cancelled_at_every_point(fired: int) -> None:
    """Cancelling a chain cancels only the Deferred it is waiting for, and the failure continues from there."""
    d, ended = build_to_wait(fired)
    d.cancel()
    grid = xray.of(d)
    assert grid is not None
    waited_for = [grid, *(step.returned for step in grid.steps[:WAITS])]
    assert [one is not None and one.cancelled for one in waited_for] == [at == fired for at in range(WAITS + 1)]
    sides = ["callback" if at < fired else "errback" for at in range(WAITS + 1)]
    assert [step.came for step in grid.steps] == sides
    assert [step.left for step in grid.steps] == [*sides[1:], "callback"]
    assert grid.waits_for is None
    xray.uninstall()
    plain, ended_plain = build_to_wait(fired)
    plain.cancel()
    xray.install()
    assert ended == ended_plain == ["value" if fired > WAITS else CancelledError]


def test_plain_values() -> None:
    """Numbers and truth values are kept as they are, and shown when somebody looks."""
    d = succeed(2.5).addCallback(lambda _: True).addCallback(lambda _: -7)
    assert [(step.took, step.gave) for step in xray.of(d).steps] == [("2.5", "True"), ("True", "-7")]
