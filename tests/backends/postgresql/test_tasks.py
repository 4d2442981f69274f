"""Coroutines of asyncio as Deferreds."""

import asyncio

import pytest
from pytest_twisted import ensureDeferred
from twisted.internet.defer import CancelledError, Deferred

from service.backends.postgresql.tasks import Tasks


@ensureDeferred
async def test_how_it_ends() -> None:
    """The Deferred fires with what the coroutine returns, or fails with what it raises."""

    async def succeed() -> str:
        await asyncio.sleep(0)
        return "done"

    async def fail() -> None:
        await asyncio.sleep(0)
        raise KeyError("boom")

    assert await Tasks().run(succeed()) == "done"
    with pytest.raises(KeyError):
        await Tasks().run(fail())


@ensureDeferred
async def test_cancelling() -> None:
    """A cancelled Deferred fails immediately with Twisted's CancelledError; its task may end later."""
    ended: Deferred[str] = Deferred()

    async def tidy_up() -> None:
        try:
            await asyncio.get_running_loop().create_future()
        finally:
            await asyncio.sleep(0)
            ended.callback("tidied up")
            raise KeyError("nobody wants to know")

    async def begin_and_wait() -> None:
        await tidy_up()

    d = Tasks().run(begin_and_wait())
    await Tasks().run(asyncio.sleep(0))
    d.cancel()
    assert d.called
    with pytest.raises(CancelledError):
        await d
    assert await ended == "tidied up"


@ensureDeferred
async def test_a_task_that_somebody_else_cancels() -> None:
    """A task that was cancelled from elsewhere also fails with Twisted's CancelledError."""

    async def give_up() -> None:
        raise asyncio.CancelledError

    with pytest.raises(CancelledError):
        await Tasks().run(give_up())
