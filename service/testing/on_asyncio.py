"""The fixture for tests that pytest-asyncio runs, on its event loop; imported only where that is installed."""

import asyncio
import sys
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from service.testing.fixtures import options_of
from service.testing.in_process import AjaxContacts

_ONE_LOOP = (
    "the asyncio reactor belongs to one event loop: let all tests share it, with asyncio_default_test_loop_scope = "
    "session and asyncio_default_fixture_loop_scope = session in the configuration of pytest"
)
_NOT_ASYNCIO = "this test runs on asyncio, but another reactor is installed: with pytest-twisted, use --reactor=asyncio"
#: Reactors that this module has started.
_started: list[Any] = []


def reactor_on(loop: asyncio.AbstractEventLoop) -> Any:
    """Return the reactor of an event loop; install it if the process has none yet.

    :raise RuntimeError: if there is one that does not run on this loop.
    """
    if "twisted.internet.reactor" not in sys.modules:
        from twisted.internet import asyncioreactor

        asyncioreactor.install(loop)
        from twisted.internet import reactor

        _started.append(reactor)
        _started[0].startRunning(installSignalHandlers=False)  # pytest-asyncio runs the loop
    from twisted.internet import asyncioreactor, reactor

    if not isinstance(reactor, asyncioreactor.AsyncioSelectorReactor):
        raise RuntimeError(_NOT_ASYNCIO)  # noqa: TRY004  not a wrong argument
    if reactor._asyncioEventloop is not loop:  # noqa: SLF001  it has no other way to tell
        raise RuntimeError(_ONE_LOOP)
    return reactor


@pytest_asyncio.fixture
async def ajax_contacts_on_asyncio(request: pytest.FixtureRequest) -> AsyncIterator[AjaxContacts]:
    """Serve as ``ajax_contacts`` does, on the event loop of the test."""
    loop = asyncio.get_running_loop()
    service = await AjaxContacts.start(reactor_on(loop), **options_of(request)).asFuture(loop)
    yield service
    await service.stop().asFuture(loop)


def pytest_unconfigure() -> None:
    """Stop the reactor that was started, and its threads."""
    while _started:
        _started.pop().fireSystemEvent("shutdown")
