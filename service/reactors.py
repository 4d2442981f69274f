"""Which reactor the service runs on: chosen by name, and installed before anything imports it."""

import asyncio
import importlib
from typing import Any

from twisted.internet.main import installReactor

from service.errors import BadSetting
from service.native.reactor import NativeReactor

REACTORS = ("auto", "epoll", "asyncio", "uvloop")


def install_reactor(name: str) -> Any:
    """Install the reactor of that name; ``auto`` is uvloop where that is installed, else asyncio.

    :return: the reactor.
    :raise BadSetting: if this machine has none such.
    """
    reactor = make_epoll() if name == "epoll" else NativeReactor(make_loop(name))
    installReactor(reactor)
    return reactor


def make_epoll() -> Any:
    """Make the reactor that Twisted has for Linux.

    :raise BadSetting: if this is another system.
    """
    try:
        return importlib.import_module("twisted.internet.epollreactor").EPollReactor()
    except ImportError as error:
        raise BadSetting("--reactor", "epoll", "another one: only Linux has epoll") from error


def make_loop(name: str) -> asyncio.AbstractEventLoop:
    """Make a loop, and make it the current one: what is written for asyncio looks for it there.

    :raise BadSetting: if there is no such loop.
    """
    if name != "asyncio":
        try:
            loop: asyncio.AbstractEventLoop = importlib.import_module("uvloop").new_event_loop()
        except ImportError as error:
            if name == "uvloop":
                raise BadSetting("--reactor", "uvloop", "the extra: pip install 'ajax-contacts[speed]'") from error
            loop = asyncio.new_event_loop()
    else:
        loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    return loop
