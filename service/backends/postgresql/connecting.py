"""Failover: connect to the first suitable one of several PostgreSQL servers."""

from collections.abc import Sequence
from typing import Any

import asyncpg

#: Why the next server is tried.
_NOT_THERE = (OSError, asyncpg.CannotConnectNowError, asyncpg.TargetServerAttributeNotMatched)


async def connect_to_any(
    hosts: Sequence[dict[str, Any]], dsn: str, *, target_session_attrs: str | None = None, **arguments: Any
) -> Any:
    """Connect to the first of several hosts that answers and matches; the timeout is for each of them, as in libpq.

    asyncpg has one timeout for all hosts, which a silent first host would use up.

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
