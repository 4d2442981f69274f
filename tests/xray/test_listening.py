"""The socket on which a running program can be asked, and the signal."""

import os
import runpy
import signal
import stat
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pytest_twisted import blockon, ensureDeferred
from twisted.internet.defer import CancelledError, Deferred, maybeDeferred
from twisted.internet.error import CannotListenError
from twisted.internet.threads import deferToThread

from service import xray
from service.xray.__main__ import main
from service.xray.listening import answer_to
from tests.results import failure_of


@pytest.fixture
def port(tmp_path: Path, running_reactor: Any) -> Iterator[Any]:
    """The socket of this process, where Deferreds may be cancelled."""
    port = xray.listen(tmp_path / "socket", control=True)
    yield port
    blockon(maybeDeferred(port.stopListening))


async def ask(path: object, *words: str) -> int:
    """Ask as the command does, in another thread."""
    return int(await deferToThread(main, [str(path), *words]))


@ensureDeferred
async def test_asking(port: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Each command answers in text; a Deferred is named by its number, and can be cancelled."""
    d: Deferred[None] = Deferred()
    number = str(xray.of(d).number)
    assert stat.S_IMODE(os.stat(port.getHost().name).st_mode) == 0o600  # noqa: PTH116  asyncio has no other way
    for command in (("tree",), ("waiting",), ("grid", number), ("where", f"#{number}")):
        assert await ask(port.getHost().name.decode(), *command) == 0
        assert "test_asking" in capsys.readouterr().out
    assert await ask(port.getHost().name.decode(), "warnings") == 0
    assert await ask(port.getHost().name.decode(), "cancel", number) == 0
    failure_of(d, CancelledError)
    assert f"cancelled #{number}" in capsys.readouterr().out


@ensureDeferred
async def test_what_cannot_be_asked(port: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Where there is no answer, the command says why, and fails."""
    assert await ask(port.getHost().name.decode(), "grid", "0") == 1
    assert "error: no live Deferred has the number 0" in capsys.readouterr().err
    assert await ask(port.getHost().name.decode(), "grid") == 1
    assert "error: expected tree, waiting, warnings, or one of grid, where, cancel" in capsys.readouterr().err
    assert await ask(tmp_path / "nothing", "tree") == 1
    assert "nothing: No such file or directory" in capsys.readouterr().err


@ensureDeferred
async def test_a_path_in_use(port: Any, running_reactor: Any) -> None:
    """Two programs do not share a socket."""
    with pytest.raises(CannotListenError):
        xray.listen(port.getHost().name.decode(), running_reactor)


def test_without_control() -> None:
    """Nothing is cancelled unless the program allows it."""
    d: Deferred[None] = Deferred()
    assert answer_to(["cancel", str(xray.of(d).number)], control=False).startswith("error: the program does not allow")
    assert not d.called
    assert answer_to([], control=True).startswith("error: expected tree")


def test_the_numbers() -> None:
    """A number is never used again."""
    first = xray.of(Deferred()).number
    assert xray.of(Deferred()).number > first
    assert answer_to(["grid", str(first)], control=False).startswith("error: no live Deferred")


def test_a_signal(tmp_path: Path) -> None:
    """A signal appends the tree to a file."""
    before = signal.getsignal(signal.SIGUSR1)
    d: Deferred[None] = Deferred()
    try:
        xray.on_signal(signal.SIGUSR1, tmp_path / "tree.txt")
        for _ in range(2):
            signal.raise_signal(signal.SIGUSR1)
    finally:
        signal.signal(signal.SIGUSR1, before)
    assert (tmp_path / "tree.txt").read_text().count(f"#{xray.of(d).number} test_a_signal") == 2


def test_as_a_program(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """``python -m`` ends with the exit code."""
    monkeypatch.setattr("sys.argv", ["deferred_xray", str(tmp_path / "nothing"), "tree"])
    with pytest.raises(SystemExit) as ended, warnings.catch_warnings(action="ignore"):  # it is imported already
        runpy.run_module("service.xray", run_name="__main__")
    assert ended.value.code == 1
