"""The pytest fixtures: a service for each test that asks for one, with the options of its marker."""

from collections.abc import Iterator
from typing import Any

import pytest

from service.testing.in_process import AjaxContacts
from service.testing.process import AjaxContactsProcess

MARKER = "ajax_contacts"
_NEEDS_A_LOOP = (
    "ajax_contacts runs on the reactor of the test, which pytest-twisted or pytest-asyncio has to run: install one of "
    "them, or use ajax_contacts_process"
)


def pytest_configure(config: pytest.Config) -> None:
    """Register the marker, and the fixture that pytest-asyncio runs if it is there."""
    about = "options of the service for this test, such as deadline=0.2, people={...}, clock='manual'"
    config.addinivalue_line("markers", f"{MARKER}(**options): {about}")
    if config.pluginmanager.hasplugin("asyncio"):
        config.pluginmanager.import_plugin("service.testing.on_asyncio")


def options_of(request: pytest.FixtureRequest) -> dict[str, Any]:
    """Return the options of a test: those of the nearest marker count."""
    options: dict[str, Any] = {}
    for marker in reversed(list(request.node.iter_markers(MARKER))):
        options.update(marker.kwargs)
    return options


@pytest.fixture
def ajax_contacts(request: pytest.FixtureRequest) -> Iterator[AjaxContacts]:
    """Serve in this process, on the reactor that pytest-twisted or pytest-asyncio runs.

    A blocking client cannot use it: that would keep the reactor from answering.
    """
    if request.node.get_closest_marker("asyncio") is not None:
        yield request.getfixturevalue("ajax_contacts_on_asyncio")
        return
    if not request.config.pluginmanager.hasplugin("twisted"):
        raise RuntimeError(_NEEDS_A_LOOP)
    from pytest_twisted import blockon  # late: it is only needed here, and so is the reactor that it has installed
    from twisted.internet import reactor

    service = blockon(AjaxContacts.start(reactor, **options_of(request)))
    yield service
    blockon(service.stop())


@pytest.fixture
def ajax_contacts_process(request: pytest.FixtureRequest) -> Iterator[AjaxContactsProcess]:
    """Serve in a process of its own, for any client."""
    service = AjaxContactsProcess.start(**options_of(request))
    yield service
    service.stop()
