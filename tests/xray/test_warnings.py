"""Warnings about live Deferreds."""

from typing import Any

import pytest
from twisted.internet.defer import Deferred, DeferredList, fail, succeed

from service import xray
from tests.results import failure_of, result_of
from tests.xray.test_watch import double, or_zero


def test_warnings() -> None:
    """An unhandled failure, a forgotten Deferred, one that is kept, and one that waits for long are reported."""
    kept: list[Deferred[Any]] = []
    fire: list[Any] = []
    old: Deferred[None] = Deferred()

    def forget(_: object) -> None:
        fire.append(Deferred().addCallback(double).callback)  # as a timer would hold it
        kept.append(Deferred().addCallback(double))

    outer = succeed(None).addCallback(forget)
    failed = fail(ValueError("nobody takes it"))
    ours = [warned for warned in xray.warnings(older_than=0) if warned.grid.made.function.startswith("test_warnings")]
    assert [warned.why for warned in ours] == ["old", "forgotten", "kept", "unhandled"]
    assert ours[3].grid.steps == ()
    lines = xray.as_text(ours).splitlines()
    assert [line.split(": #")[0] for line in lines] == ["old", "forgotten", "kept", "unhandled"]
    assert "Deferred fired, failed unhandled, made in test_warnings (tests/xray/test_warnings.py:" in lines[3]
    failed.addErrback(or_zero)
    kept[0].addErrback(or_zero)
    fire[0](1)
    fire.clear()
    assert result_of(outer) is None
    assert not [one for one in xray.warnings() if one.grid.made.function.startswith("test_warnings")]
    old.callback(None)


def whys(older_than: float = 60) -> list[str]:
    return [
        warned.why for warned in xray.warnings(older_than) if warned.grid.made.file == "tests/xray/test_warnings.py"
    ]


def test_the_oldest_comes_first() -> None:
    """The oldest Deferred comes first, whatever the warning."""
    ds = [fail(ValueError()), Deferred(), fail(ValueError())]
    assert whys(older_than=0) == ["unhandled", "old", "unhandled"]
    for d in ds:
        d.addErrback(or_zero)


def test_members_of_a_list() -> None:
    """A member's failure is handled only if the DeferredList consumes errors."""
    members = [fail(ValueError())]
    d = DeferredList(members)
    assert whys() == ["unhandled"]
    failure_of(members[0], ValueError)
    assert whys() == []
    consumed = DeferredList([fail(ValueError())], consumeErrors=True)
    assert whys() == []
    assert [len(result_of(one)) for one in (d, consumed)] == [1, 1]


def test_coroutines_forget_nothing() -> None:
    """A Deferred that a coroutine makes and awaits later is not reported as forgotten."""
    gate, slow, fast = Deferred[None](), Deferred[int](), Deferred[int]()

    def ask(d: Deferred[int]) -> Deferred[int]:
        return succeed(None).addCallback(lambda _: d)

    async def add() -> int:
        await gate
        first, second = ask(slow), ask(fast)
        return await first + await second

    d = succeed(None).addCallback(lambda _: Deferred.fromCoroutine(add()))
    gate.callback(None)
    assert whys() == []
    slow.callback(1)
    fast.callback(2)
    assert result_of(d) == 3


def test_a_coroutine_that_handles() -> None:
    """A failure that a coroutine catches is handled, even if the coroutine began before X-ray was installed."""
    xray.uninstall()
    gate: Deferred[None] = Deferred()
    failing: list[Deferred[None]] = []

    async def take() -> str:
        await gate
        failing.append(fail(ValueError("taken")))
        with pytest.raises(ValueError, match="taken"):
            await failing[0]
        return "taken"

    d = Deferred.fromCoroutine(take())
    xray.install()
    gate.callback(None)
    assert (result_of(d), whys()) == ("taken", [])


class Keeper:
    """An object that keeps a Deferred in an attribute."""

    def __init__(self, _: object) -> None:
        self.d: Deferred[Any] = Deferred().addCallback(double)


@pytest.mark.parametrize("keep", [list, tuple, lambda ds: dict(enumerate(ds)), lambda ds: {id(d): d for d in ds}])
def test_what_is_kept(keep: Any) -> None:
    """What a container or an attribute holds may be kept on purpose; what only a chain of Deferreds holds is not."""
    kept: list[Any] = []
    outer = succeed([1]).addCallback(lambda one: kept.append(keep([Deferred().addCallback(double) for _ in one])))
    assert whys() == ["kept"]
    kept.clear()
    assert whys() == []
    outer.addCallback(Keeper)
    assert whys() == ["kept"]
    outer.addCallback(lambda _: None)
    assert xray.as_text(xray.warnings()) == "nothing looks wrong"
