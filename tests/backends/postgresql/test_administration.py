"""What an operator does to a PostgreSQL database."""

import asyncio
from collections.abc import Iterator
from typing import Any

import asyncpg
import pytest
from pytest_twisted import ensureDeferred
from twisted.internet.defer import gatherResults
from twisted.internet.threads import deferToThread

from service.backends.migrations import Migration, migrations_of
from service.backends.postgresql.address import connection_arguments
from service.backends.postgresql.administration import import_users, migrate
from service.errors import BackendError
from service.values import User
from tests.servers.postgresql import PostgreSQL, of_the_wheel, start_postgresql

FIRST = migrations_of("service.backends.postgresql")
MORE = [*FIRST, Migration(2, "0002_mail", "ALTER TABLE users ADD mail text; CREATE INDEX by_mail ON users (mail);")]
BROKEN = [*MORE, Migration(3, "0003_broken", "CREATE TABLE more (a integer); CREATE TABLE users (b integer);")]


@pytest.fixture
def url(postgresql: PostgreSQL) -> Iterator[str]:
    """A database of its own."""
    postgresql.sql("CREATE DATABASE administered")
    yield postgresql.url.replace("/ajax_contacts?", "/administered?")
    postgresql.sql("DROP DATABASE administered")


def rows(url: str, sql: str = "SELECT username, name FROM users ORDER BY username") -> Any:
    """Ask the database: a Deferred of the rows."""

    async def fetch() -> list[tuple[Any, ...]]:
        connection = await asyncpg.connect(**connection_arguments(url))
        try:
            return [tuple(row) for row in await connection.fetch(sql)]
        finally:
            await connection.close()

    return deferToThread(asyncio.run, fetch())


@ensureDeferred
async def test_once(url: str) -> None:
    """Each migration is applied once, in order, also if several set out to do it."""
    applied = await gatherResults([deferToThread(migrate, url) for _ in range(3)])
    assert sorted(applied) == [[], [], ["0001_users"]]
    assert await deferToThread(migrate, url, MORE) == ["0002_mail"]
    assert await deferToThread(migrate, url, MORE) == []


@ensureDeferred
async def test_wholly_or_not_at_all(url: str) -> None:
    """A migration that fails leaves everything as it was, those before it in the same run included."""
    await deferToThread(migrate, url)
    with pytest.raises(BackendError):
        await deferToThread(migrate, url, BROKEN)
    assert await rows(url, "SELECT count(*) FROM pg_class WHERE relname IN ('more', 'by_mail')") == [(0,)]
    assert await deferToThread(migrate, url, MORE) == ["0002_mail"]


@ensureDeferred
async def test_users(url: str) -> None:
    """Who is new is added, who is there is renamed, and nobody is removed; if loading breaks off, nobody is loaded."""
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
    """Where the system has no PostgreSQL, the package for tests has."""
    server = start_postgresql(of_the_wheel())
    try:
        assert server.sql("SELECT 6 * 7") == "42"
    finally:
        server.remove()
