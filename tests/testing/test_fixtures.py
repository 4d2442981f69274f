"""The fixture for the tests of other projects."""

from typing import Any

import treq
from pytest_twisted import ensureDeferred
from twisted.web.client import Agent, HTTPConnectionPool

pytest_plugins = ["service.testing"]


@ensureDeferred
async def test_the_service_in_process(ajax_contacts: str, running_reactor: Any) -> None:
    """The fixture is the base URL of a running service."""
    agent = Agent(running_reactor, pool=HTTPConnectionPool(running_reactor, persistent=False))
    response = await treq.get(f"{ajax_contacts}contacts?username=karl", agent=agent, reactor=running_reactor)
    assert await response.json() == {"contacts": ["dustin"]}


def test_the_former_place() -> None:
    """The fixture can still be imported from its former place."""
    from fakes import pytest_plugin as former_place
    from service import testing

    assert former_place.ajax_contacts is testing.ajax_contacts
