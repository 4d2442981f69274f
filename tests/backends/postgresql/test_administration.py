"""Administration of a PostgreSQL database."""

import asyncio
from collections.abc import Iterator
from typing import Any

import asyncpg
import pytest
from pytest_twisted import ensureDeferred
from twisted.internet.defer import gatherResults
from twisted.internet.threads import deferToThread

from service.backends.postgresql.address import connection_arguments
from service.backends.postgresql.administration import import_users, migrate
from service.backends.schema import Migration, migrations_of
from service.errors import BackendError
from service.values import User
from tests.servers.postgresql import PostgreSQL, of_the_wheel, start_postgresql

FIRST = migrations_of("service.backends.postgresql")
MORE = [*FIRST, Migration(2, "0002_mail", "ALTER TABLE users ADD mail text; CREATE INDEX by_mail ON users (mail);")]
BROKEN = [*MORE, Migration(3, "0003_broken", "CREATE TABLE more (a integer); CREATE TABLE users (b integer);")]


@pytest.fixture
def url(postgresql: PostgreSQL) -> Iterator[str]:
    """A separate database for the test."""
    postgresql.sql("CREATE DATABASE administered")
    yield postgresql.url.replace("/ajax_contacts?", "/administered?")
    postgresql.sql("DROP DATABASE administered")


def rows(url: str, sql: str = "SELECT username, name FROM users ORDER BY username") -> Any:
    """Query the database: a Deferred that fires with the rows."""

    async def fetch() -> list[tuple[Any, ...]]:
        connection = await asyncpg.connect(**connection_arguments(url))
        try:
            return [tuple(row) for row in await connection.fetch(sql)]
        finally:
            await connection.close()

    return deferToThread(asyncio.run, fetch())


@ensureDeferred
async def test_once(url: str) -> None:
    """Each migration is applied once, in order, even if several runs are concurrent."""
    applied = await gatherResults([deferToThread(migrate, url) for _ in range(3)])
    assert sorted(applied) == [[], [], ["0001_users"]]
    assert await deferToThread(migrate, url, MORE) == ["0002_mail"]
    assert await deferToThread(migrate, url, MORE) == []


@ensureDeferred
async def test_wholly_or_not_at_all(url: str) -> None:
    """A failed migration rolls back the whole run, including the migrations before it."""
    await deferToThread(migrate, url)
    with pytest.raises(BackendError):
        await deferToThread(migrate, url, BROKEN)
    assert await rows(url, "SELECT count(*) FROM pg_class WHERE relname IN ('more', 'by_mail')") == [(0,)]
    assert await deferToThread(migrate, url, MORE) == ["0002_mail"]


@ensureDeferred
async def test_users(url: str) -> None:
    """New users are added, existing ones are renamed, others are kept; an import that fails imports nothing."""
    await deferToThread(migrate, url)
    await deferToThread(import_users, url, [User("dustin", "Dustin"), User("zoë", "Zoë Δ")])
    await deferToThread(import_users, url, [User("dustin", "Dustin M."), User("karl", "Karl")])

    def users() -> Iterator[User]:
        yield User("amber", "Amber")
        raise LookupError

    with pytest.raises(LookupError):
        await deferToThread(import_users, url, users())
    assert await rows(url) == [("dustin", "Dustin M."), ("karl", "Karl"), ("zoë", "Zoë Δ")]


def test_the_programs_of_the_wheel() -> None:
    """The wheel's programs can run a server."""
    server = start_postgresql(of_the_wheel())
    try:
        assert server.sql("SELECT 6 * 7") == "42"
    finally:
        server.remove()
