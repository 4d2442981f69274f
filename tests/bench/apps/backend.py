"""The backend that all of them ask: in memory, a turn of the loop or ``BENCH_WAIT`` seconds later."""

import asyncio
import os
import time

#: Seconds.
WAIT = float(os.environ.get("BENCH_WAIT", "0"))
CONTACTS = {"dustin": ["karl", "amber", "zoë"], "karl": ["dustin"]}


class NoSuchUserError(Exception):
    """Nobody has that name."""


def look_up(username: str) -> list[str]:
    """Find the contacts of somebody."""
    try:
        return CONTACTS[username]
    except KeyError:
        raise NoSuchUserError from None


async def get_contacts(username: str) -> list[str]:
    """Find them, on an asyncio loop."""
    await asyncio.sleep(WAIT)
    return look_up(username)


def get_contacts_blocking(username: str) -> list[str]:
    """Find them, in a thread."""
    time.sleep(WAIT)
    return look_up(username)
