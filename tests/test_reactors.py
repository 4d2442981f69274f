"""Which reactor there is to run on."""

import asyncio
import sys

import pytest
import uvloop

from service.errors import BadSetting
from service.reactors import make_epoll, make_loop


@pytest.mark.parametrize("name", ["auto", "uvloop", "asyncio"])
def test_loops(name: str) -> None:
    """The loop is uvloop's where that is installed, or asyncio's, and is the current one."""
    before = asyncio.get_event_loop_policy().get_event_loop()
    loop = make_loop(name)
    try:
        assert isinstance(loop, uvloop.Loop) == (name != "asyncio")
        assert asyncio.get_event_loop_policy().get_event_loop() is loop
    finally:
        asyncio.set_event_loop(before)
        loop.close()


def test_without_uvloop(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where uvloop is missing, asyncio's own loop will do, unless uvloop was asked for."""
    monkeypatch.setitem(sys.modules, "uvloop", None)
    before = asyncio.get_event_loop_policy().get_event_loop()
    loop = make_loop("auto")
    try:
        assert not isinstance(loop, uvloop.Loop)
    finally:
        asyncio.set_event_loop(before)
        loop.close()
    with pytest.raises(BadSetting, match=r"^--reactor 'uvloop': expected the extra: pip install"):
        make_loop("uvloop")


def test_without_epoll(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where there is no epoll another reactor has to be asked for."""
    assert type(make_epoll()).__name__ == "EPollReactor"
    monkeypatch.setitem(sys.modules, "twisted.internet.epollreactor", None)
    with pytest.raises(BadSetting, match=r"^--reactor 'epoll': expected another one: only Linux has epoll"):
        make_epoll()
