"""Connections to whichever of several servers is there and as wanted."""

from collections.abc import Sequence
from typing import Any

import asyncpg

#: Why the next server is tried.
_NOT_THERE = (OSError, asyncpg.CannotConnectNowError, asyncpg.TargetServerAttributeNotMatched)


async def connect_to_any(
    hosts: Sequence[dict[str, Any]], dsn: str, *, target_session_attrs: str | None = None, **arguments: Any
) -> Any:
    """Connect to the first of several hosts that answers and is as wanted; its timeout is for each, as in libpq.

    asyncpg has one for all of them, which the first host that is silent uses up.

    :return: the connection.
    :raise Exception: as ``asyncpg.connect`` does for the last one.
    """
    prefers = target_session_attrs == "prefer-standby"
    attempts = [
        (host, wanted) for wanted in (("standby", "any") if prefers else (target_session_attrs,)) for host in hosts
    ]
    for host, wanted in attempts[:-1]:
        try:
            return await asyncpg.connect(dsn, **arguments, **host, target_session_attrs=wanted)
        except _NOT_THERE:
            continue
    host, wanted = attempts[-1]
    return await asyncpg.connect(dsn, **arguments, **host, target_session_attrs=wanted)
