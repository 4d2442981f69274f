"""The fixture for other people's tests."""

from typing import Any

import treq
from pytest_twisted import ensureDeferred
from twisted.web.client import Agent, HTTPConnectionPool

pytest_plugins = ["service.testing"]


@ensureDeferred
async def test_the_service_in_process(ajax_contacts: str, running_reactor: Any) -> None:
    """A test gets the address of a service that answers, and that is gone when the test is over."""
    agent = Agent(running_reactor, pool=HTTPConnectionPool(running_reactor, persistent=False))
    response = await treq.get(f"{ajax_contacts}contacts?username=karl", agent=agent, reactor=running_reactor)
    assert await response.json() == {"contacts": ["dustin"]}
