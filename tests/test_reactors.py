"""Which reactor there is to run on."""

import asyncio
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
import uvloop

from service.errors import BadSetting
from service.reactors import make_epoll, make_loop


@pytest.fixture
def thread() -> Iterator[ThreadPoolExecutor]:
    """A thread that has no current loop yet."""
    with ThreadPoolExecutor(1) as executor:
        yield executor


def kind_of(name: str) -> tuple[bool, bool]:
    """Make a loop; say whether it is uvloop's, and whether it is the current one."""
    loop = make_loop(name)
    current = asyncio.get_event_loop() is loop
    loop.close()
    return isinstance(loop, uvloop.Loop), current


@pytest.mark.parametrize(("name", "fast"), [("auto", True), ("uvloop", True), ("asyncio", False)])
def test_loops(thread: ThreadPoolExecutor, name: str, fast: bool) -> None:
    """The loop is uvloop's where that is installed, or asyncio's, and is the current one."""
    assert thread.submit(kind_of, name).result() == (fast, True)


def test_without_uvloop(thread: ThreadPoolExecutor, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where uvloop is missing, asyncio's own loop will do, unless uvloop was asked for."""
    monkeypatch.setitem(sys.modules, "uvloop", None)
    assert thread.submit(kind_of, "auto").result() == (False, True)
    with pytest.raises(BadSetting, match=r"^--reactor 'uvloop': expected the extra: pip install"):
        thread.submit(kind_of, "uvloop").result()


def test_without_epoll(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where there is no epoll another reactor has to be asked for."""
    assert type(make_epoll()).__name__ == "EPollReactor"
    monkeypatch.setitem(sys.modules, "twisted.internet.epollreactor", None)
    with pytest.raises(BadSetting, match=r"^--reactor 'epoll': expected another one: only Linux has epoll"):
        make_epoll()
