"""The backend of all these applications, with a latency of ``BENCH_WAIT`` seconds, or a turn of the loop.

It is in memory, or the line server at the port ``BENCH_LINES``, asked over a connection for each look-up in progress.
"""

import asyncio
import json
import os
import time
from typing import Any

#: The latency, in seconds.
WAIT = float(os.environ.get("BENCH_WAIT", "0"))
LINES = os.environ.get("BENCH_LINES")
CONTACTS = {"dustin": ["karl", "amber", "zoë"], "karl": ["dustin"]}


class NoSuchUserError(Exception):
    """The user does not exist."""


def look_up(username: str) -> list[str]:
    """Return the contact list of a user."""
    try:
        return CONTACTS[username]
    except KeyError:
        raise NoSuchUserError from None


class LineClient(asyncio.Protocol):
    """A connection to the line server, for one look-up at a time."""

    transport: Any
    answer: asyncio.Future[bytes]
    _received = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport

    def ask(self, username: str) -> asyncio.Future[bytes]:
        """Send a line, and return the future of the one that comes back."""
        self.answer = asyncio.get_running_loop().create_future()
        self.transport.write(username.encode() + b"\n")
        return self.answer

    def data_received(self, data: bytes) -> None:
        self._received += data
        if self._received.endswith(b"\n"):
            received, self._received = self._received, b""
            self.answer.set_result(received)


_idle: list[LineClient] = []


async def get_contacts(username: str) -> list[str]:
    """Return the contact list of a user, on an asyncio loop."""
    if LINES is None:
        await asyncio.sleep(WAIT)
        return look_up(username)
    if _idle:
        client = _idle.pop()
    else:
        _, client = await asyncio.get_running_loop().create_connection(LineClient, "127.0.0.1", int(LINES))
    answer = await client.ask(username)
    _idle.append(client)
    contacts: list[str] | None = json.loads(answer)
    if contacts is None:
        raise NoSuchUserError
    return contacts


def get_contacts_blocking(username: str) -> list[str]:
    """Return the contact list of a user, and block the thread meanwhile."""
    time.sleep(WAIT)
    return look_up(username)
