"""Reactor selection, and the reactor's clock."""

import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from textwrap import dedent

import pytest

from service.command.reactors import choose, make_reactor
from service.errors import BadSetting


@pytest.fixture
def thread() -> Iterator[ThreadPoolExecutor]:
    """A thread that does not have an event loop yet."""
    with ThreadPoolExecutor(1) as executor:
        yield executor


def describe(name: str) -> tuple[str, str]:
    """Make a reactor, and return the names of its class and of its event loop's package."""
    reactor = make_reactor(name)
    loop = getattr(reactor, "_asyncioEventloop", None)
    if loop is not None:
        loop.close()
    else:
        reactor.removeAll()
    return type(reactor).__name__, type(loop).__module__.partition(".")[0]


@pytest.mark.parametrize(
    ("name", "made"),
    [
        ("epoll", ("EPollReactor", "builtins")),
        ("asyncio", ("AsyncioSelectorReactor", "asyncio")),
        ("uvloop", ("AsyncioSelectorReactor", "uvloop")),
    ],
)
def test_reactors(thread: ThreadPoolExecutor, name: str, made: tuple[str, str]) -> None:
    """Each name stands for one of Twisted's own reactors."""
    assert thread.submit(describe, name).result() == made


@pytest.mark.parametrize(
    ("name", "database", "platform", "chosen"),
    [
        ("auto", "fake:", "linux", "epoll"),
        ("auto", "sqlite:/users.db", "linux", "epoll"),
        ("auto", "fake:", "darwin", "asyncio"),
        ("auto", "postgresql://host/db", "linux", "uvloop"),
        ("asyncio", "fake:", "linux", "asyncio"),
        ("uvloop", "postgresql://host/db", "linux", "uvloop"),
    ],
)
def test_the_choice(monkeypatch: pytest.MonkeyPatch, name: str, database: str, platform: str, chosen: str) -> None:
    """By default, the service runs on epoll where it is available, unless its database needs asyncio."""
    monkeypatch.setattr("sys.platform", platform)
    assert choose(name, database) == chosen


def test_without_uvloop(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without uvloop, PostgreSQL runs on asyncio's own loop."""
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    assert choose("auto", "postgresql://host/db") == "asyncio"


@pytest.mark.parametrize(
    ("name", "module", "expected"),
    [
        ("uvloop", "uvloop", "--reactor 'uvloop': expected uvloop installed: pip install"),
        ("epoll", "twisted.internet.epollreactor", "--reactor 'epoll': expected another reactor: only Linux has epoll"),
    ],
)
def test_a_reactor_that_is_missing(monkeypatch: pytest.MonkeyPatch, name: str, module: str, expected: str) -> None:
    """An unavailable reactor is refused with advice on what to do."""
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(BadSetting) as caught:
        make_reactor(name)
    assert str(caught.value).startswith(expected)


def test_uvloop_on_pypy(monkeypatch: pytest.MonkeyPatch) -> None:
    """On PyPy, nobody is told to install what does not support it."""
    monkeypatch.setitem(sys.modules, "uvloop", None)
    monkeypatch.setattr("platform.python_implementation", lambda: "PyPy")
    with pytest.raises(BadSetting, match=r"^--reactor 'uvloop': expected CPython, since uvloop does not support PyPy$"):
        make_reactor("uvloop")


def test_epoll_and_postgresql() -> None:
    """PostgreSQL cannot be used on epoll."""
    with pytest.raises(BadSetting, match=r"^--reactor 'epoll': expected asyncio or uvloop, which the PostgreSQL"):
        choose("epoll", "postgresql://host/db")


@pytest.mark.parametrize("name", ["epoll", "asyncio", "uvloop"])
def test_a_clock_that_is_set_back(name: str) -> None:
    """A timer fires on time even if the wall clock is set back by three hours."""
    program = """
        import sys, time
        wall_clock, set_back = time.time, 0
        time.time = lambda: wall_clock() - set_back  # before Twisted takes it
        from service.command.reactors import install_reactor
        reactor = install_reactor(sys.argv[1], "fake:")
        def set_clock_back():
            global set_back
            set_back = 3 * 3600
        reactor.callWhenRunning(set_clock_back)
        reactor.callLater(0.05, reactor.stop)
        reactor.run()
        print("fired")
    """
    ran = subprocess.run(
        [sys.executable, "-c", dedent(program), name], capture_output=True, text=True, timeout=10, check=False
    )
    assert (ran.stdout, ran.stderr) == ("fired\n", "")
