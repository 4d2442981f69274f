"""Reactor selection: by name, and before anything imports the reactor."""

import asyncio
import importlib
import importlib.util
import platform
import sys
import time
from typing import Any

from twisted.internet.main import installReactor

from service.errors import BadSetting

REACTORS = ("auto", "epoll", "asyncio", "uvloop")
INSTALL_UVLOOP = "uvloop installed: pip install 'ajax-contacts[speed]'"
#: The schemes of databases whose client requires asyncio.
ASYNCIO_ONLY = ("postgresql:", "postgres:")


def install_reactor(name: str, database: str) -> Any:
    """Install the reactor called ``name``, with a monotonic clock.

    ``auto`` is epoll on Linux and asyncio elsewhere. If the URL ``database`` needs asyncio, ``auto`` is uvloop if that
    is installed, else asyncio.

    :return: the reactor.
    :raise BadSetting: if that reactor is not available on this machine, or does not support ``database``.
    """
    reactor = make_reactor(choose(name, database))
    keep_monotonic_time(reactor)
    installReactor(reactor)
    return reactor


def choose(name: str, database: str) -> str:
    """Resolve ``auto`` to the name of a reactor.

    :raise BadSetting: if the requested reactor does not support ``database``.
    """
    needs_asyncio = database.startswith(ASYNCIO_ONLY)
    if name == "epoll" and needs_asyncio:
        raise BadSetting("--reactor", name, "asyncio or uvloop, which the PostgreSQL client needs")
    if name != "auto":
        return name
    if needs_asyncio:
        return "asyncio" if importlib.util.find_spec("uvloop") is None else "uvloop"
    return "epoll" if sys.platform == "linux" else "asyncio"


def make_reactor(name: str) -> Any:
    """Make one of Twisted's own reactors: ``epoll``, ``asyncio``, or asyncio on ``uvloop``.

    :raise BadSetting: if it is not available on this machine.
    """
    try:
        if name == "epoll":
            return importlib.import_module("twisted.internet.epollreactor").EPollReactor()
        loop = importlib.import_module("uvloop").new_event_loop() if name == "uvloop" else asyncio.new_event_loop()
    except ImportError as error:
        expected = "another reactor: only Linux has epoll"
        if name == "uvloop":
            on_pypy = platform.python_implementation() == "PyPy"
            expected = "CPython, since uvloop does not support PyPy" if on_pypy else INSTALL_UVLOOP
        raise BadSetting("--reactor", name, expected) from error
    asyncio.set_event_loop(loop)  # asyncio libraries look it up there
    return importlib.import_module("twisted.internet.asyncioreactor").AsyncioSelectorReactor(loop)


def keep_monotonic_time(reactor: Any) -> None:
    """Give an unused reactor a monotonic clock: on the wall clock, deadlines stall when that is set back."""
    reactor.seconds = time.monotonic
