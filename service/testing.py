"""For other people's tests: the service itself, in their own process, with the fakes behind it.

In a ``conftest.py`` beside tests that run with pytest-twisted::

    pytest_plugins = ["service.testing"]

and in a test::

    @pytest_twisted.ensureDeferred
    async def test_contacts(ajax_contacts):
        response = await treq.get(f"{ajax_contacts}contacts?username=dustin~slow=0.1")
        assert await response.json() == {"contacts": ["karl", "amber", "zoë"]}
"""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, cast

import pytest_twisted


@pytest_twisted.async_yield_fixture
async def ajax_contacts(tmp_path: Path) -> AsyncIterator[str]:
    """Serve on a free port of this machine; the value is the address of the service, with a slash at its end.

    It waits for files in the test's own ``tmp_path``.
    """
    # Not before: Klein imports the reactor, and pytest-twisted is to install it first.
    from twisted.internet import reactor

    from service.command.composition import compose_server
    from service.command.settings import read_settings

    settings = read_settings(
        ["--listen", "tcp:0:interface=127.0.0.1", "--pages", "fake:", "--grace", "0", "--xray", "off"]
    )
    assert not isinstance(settings, int)
    server = compose_server(settings, reactor, tmp_path)
    port = await server.start()
    yield f"http://127.0.0.1:{cast('Any', port.getHost()).port}/"
    await server.stop()
