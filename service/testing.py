"""The service as a pytest fixture: ``pytest_plugins = ["service.testing"]`` beside pytest-twisted."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, cast

import pytest_twisted


@pytest_twisted.async_yield_fixture
async def ajax_contacts(tmp_path: Path) -> AsyncIterator[str]:
    """Serve on a free local port; the value is the base URL of the service, ending in a slash.

    ``/wait-for-file`` watches the test's own ``tmp_path``.
    """
    # Imported late: Klein imports the reactor, which pytest-twisted must install first.
    from twisted.internet import reactor

    from service.command.composition import compose_server
    from service.command.flags import read_settings

    settings = read_settings(
        ["--listen", "tcp:0:interface=127.0.0.1", "--pages", "fake:", "--grace", "0", "--xray", "off"]
    )
    assert not isinstance(settings, int)
    server = compose_server(settings, reactor, tmp_path)
    port = await server.start()
    yield f"http://127.0.0.1:{cast('Any', port.getHost()).port}/"
    await server.stop()
