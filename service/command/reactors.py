"""The reactor: chosen by name, and installed before anything imports it."""

import asyncio
import importlib
import importlib.util
import sys
import time
from typing import Any

from twisted.internet.main import installReactor

from service.errors import BadSetting

REACTORS = ("auto", "epoll", "asyncio", "uvloop")
#: The scheme of databases whose client runs on asyncio.
ASYNCIO_ONLY = "postgresql:"


def install_reactor(name: str, database: str) -> Any:
    """Install the reactor called ``name``, with a monotonic clock.

    ``auto`` is epoll on Linux and asyncio elsewhere. If ``database``, a URL, needs asyncio, it is asyncio everywhere,
    on uvloop if that is installed.

    :return: the reactor.
    :raise BadSetting: if this machine does not have that reactor.
    """
    reactor = make_reactor(choose(name, database))
    keep_monotonic_time(reactor)
    installReactor(reactor)
    return reactor


def choose(name: str, database: str) -> str:
    """Resolve ``auto`` to the name of a reactor.

    :raise BadSetting: if ``database`` cannot be used on the reactor that was asked for.
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
    """Make a reactor of Twisted's own: ``epoll``, ``asyncio``, or asyncio on ``uvloop``.

    :raise BadSetting: if this machine does not have it.
    """
    try:
        if name == "epoll":
            return importlib.import_module("twisted.internet.epollreactor").EPollReactor()
        loop = importlib.import_module("uvloop").new_event_loop() if name == "uvloop" else asyncio.new_event_loop()
    except ImportError as error:
        expected = {"epoll": "another one: only Linux has epoll", "uvloop": "pip install 'ajax-contacts[speed]' first"}
        raise BadSetting("--reactor", name, expected[name]) from error
    asyncio.set_event_loop(loop)  # libraries written for asyncio look for it there
    return importlib.import_module("twisted.internet.asyncioreactor").AsyncioSelectorReactor(loop)


def keep_monotonic_time(reactor: Any) -> None:
    """Make a reactor's clock monotonic, before anything is scheduled on it.

    Twisted's reactors go by the wall clock: no deadline passes while that has been set back.
    """
    reactor.seconds = time.monotonic
