"""The backend of all these applications: in memory, with a latency of ``BENCH_WAIT`` seconds, or a turn of the loop."""

import asyncio
import os
import time

#: The latency, in seconds.
WAIT = float(os.environ.get("BENCH_WAIT", "0"))
CONTACTS = {"dustin": ["karl", "amber", "zoë"], "karl": ["dustin"]}


class NoSuchUserError(Exception):
    """The user does not exist."""


def look_up(username: str) -> list[str]:
    """Return the contact list of a user."""
    try:
        return CONTACTS[username]
    except KeyError:
        raise NoSuchUserError from None


async def get_contacts(username: str) -> list[str]:
    """Return the contact list of a user, on an asyncio loop."""
    await asyncio.sleep(WAIT)
    return look_up(username)


def get_contacts_blocking(username: str) -> list[str]:
    """Return the contact list of a user, and block the thread meanwhile."""
    time.sleep(WAIT)
    return look_up(username)
