"""Administration of a PostgreSQL database: migrate the schema, import users."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from itertools import islice
from typing import Any, TypeVar

from service.backends.failures import translated
from service.backends.postgresql.address import connection_arguments, hosts_in
from service.backends.postgresql.connecting import connect_to_any
from service.backends.postgresql.errors import as_backend_error
from service.backends.schema import Migration, migrations_of, pending
from service.values import User

T = TypeVar("T")

#: Seconds to connect, to close the connection or to wait for a lock; and for a statement.
PATIENCE = 10
STATEMENT_TIMEOUT = 120
#: Users per batch.
BATCH = 5_000
#: The advisory lock that serializes concurrent migrations.
LOCK = 0x616A6178


def migrate(url: str, migrations: Sequence[Migration] | None = None) -> list[str]:
    """Create the schema, or migrate it, in one transaction.

    :return: the names of the migrations that were applied.
    :raise ValueError: if the URL is invalid; its text says what is expected.
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
    """Add new users and rename existing ones, in one transaction.

    :raise ValueError: if the URL is invalid; its text says what is expected.
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
    """Connect and run ``work`` in one transaction."""
    asyncio.get_running_loop().set_exception_handler(ignore_leftovers)
    arguments: dict[str, Any] = {"timeout": PATIENCE} | connection_arguments(url)
    arguments["statement_cache_size"] = 0  # PgBouncer may know its statements already
    connection = await connect_to_any(hosts_in(url), **arguments, command_timeout=STATEMENT_TIMEOUT)
    try:
        async with connection.transaction():
            await connection.execute(f"SET LOCAL lock_timeout = '{PATIENCE:d}s'")
            return await work(connection)
    finally:
        await connection.close(timeout=PATIENCE)


def ignore_leftovers(_: object, __: object) -> None:
    """Ignore a future that asyncpg abandons if it is interrupted while it connects: the command says what happened."""
