"""What an operator does to a PostgreSQL database: bring its schema up to date, load users."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from itertools import islice
from typing import Any, TypeVar

import asyncpg

from service.backends.failures import translated
from service.backends.migrations import Migration, migrations_of, pending
from service.backends.postgresql.address import connection_arguments
from service.backends.postgresql.errors import as_backend_error
from service.values import User

T = TypeVar("T")

#: Seconds for the connection to be made and to be closed, for others who migrate, and for a statement.
PATIENCE = 10
LONGEST = 120
#: Users that are sent in one statement.
BATCH = 5_000
#: The number by which those who migrate at the same time wait for each other.
LOCK = 0x616A6178


def migrate(url: str, migrations: Sequence[Migration] | None = None) -> list[str]:
    """Create the schema, or bring it up to date, in one transaction.

    :return: the names of the migrations that were applied.
    :raise ValueError: if it is no such URL.
    :raise BackendError: if the server cannot be reached, or refuses; then nothing has changed.
    """
    wanted = migrations_of(__package__) if migrations is None else migrations

    async def apply(connection: Any) -> list[str]:
        await connection.execute("SELECT pg_advisory_xact_lock($1)", LOCK)
        if await connection.fetchval("SELECT to_regclass('schema_version')") is None:
            await connection.execute("CREATE TABLE schema_version (number integer PRIMARY KEY)")
        version = await connection.fetchval("SELECT coalesce(max(number), 0) FROM schema_version")
        missing = pending(wanted, version)
        for migration in missing:
            await connection.execute(migration.sql)
            await connection.execute("INSERT INTO schema_version (number) VALUES ($1)", migration.number)
        return [migration.name for migration in missing]

    with translated(as_backend_error):
        return asyncio.run(in_transaction(url, apply))


def import_users(url: str, users: Iterable[User]) -> None:
    """Add users, or rename those that are there already: all of them, or none.

    :raise ValueError: if it is no such URL.
    :raise BackendError: if the server cannot be reached, or refuses; then nothing has changed.
    """

    async def load(connection: Any) -> None:
        rows = ((user.username, user.name) for user in users)
        while batch := list(islice(rows, BATCH)):
            await connection.executemany(
                "INSERT INTO users (username, name) VALUES ($1, $2)"
                " ON CONFLICT (username) DO UPDATE SET name = excluded.name",
                batch,
            )

    with translated(as_backend_error):
        asyncio.run(in_transaction(url, load))


async def in_transaction(url: str, work: Callable[[Any], Awaitable[T]]) -> T:
    """Connect, and do something wholly, or not at all."""
    connection = await asyncpg.connect(**connection_arguments(url), timeout=PATIENCE, command_timeout=LONGEST)
    try:
        async with connection.transaction():
            await connection.execute(f"SET LOCAL lock_timeout = '{PATIENCE:d}s'")
            return await work(connection)
    finally:
        await connection.close(timeout=PATIENCE)
