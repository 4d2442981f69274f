"""The user database in a SQLite file."""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from attrs import define, field
from pytest_twisted import blockon, ensureDeferred
from twisted.internet.defer import CancelledError, gatherResults

from service.backends.sqlite import administration
from service.backends.sqlite.address import path_of
from service.backends.sqlite.database import SQLiteUserDatabase
from service.backends.sqlite.errors import as_backend_error
from service.errors import BackendError
from service.values import User

DUSTIN = User("dustin", "Dustin")


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:{tmp_path}/a%20b%3F%23c.db"


@pytest.fixture
def database(url: str, running_reactor: Any) -> Iterator[SQLiteUserDatabase]:
    database = SQLiteUserDatabase.from_url(url, running_reactor)
    yield database
    blockon(database.close())


@ensureDeferred
async def test_a_file_that_comes_later(database: SQLiteUserDatabase, url: str) -> None:
    """The file and its tables may be created after the service has started."""
    with pytest.raises(BackendError, match="has not been set up: run ajax-contacts migrate"):
        await database.get_user("dustin")
    sqlite3.connect(path_of(url)).close()
    with pytest.raises(BackendError, match="has not been set up: run ajax-contacts migrate"):
        await database.ping()
    administration.migrate(url)
    assert await database.get_user("dustin") is None
    assert path_of(url).name == "a b?#c.db"


@ensureDeferred
async def test_a_name_that_is_not_utf8(database: SQLiteUserDatabase, url: str) -> None:
    """A name that is not UTF-8 is the fault of the database's contents."""
    administration.migrate(url)
    with closing(sqlite3.connect(path_of(url))) as connection, connection:
        connection.execute("INSERT INTO users (username, name) VALUES ('dustin', CAST(X'ff' AS TEXT))")
    with pytest.raises(BackendError, match="answered with a malformed user"):
        await database.get_user("dustin")


@ensureDeferred
async def test_a_file_in_its_place(database: SQLiteUserDatabase, url: str, tmp_path: Path) -> None:
    """A file that replaces another is used from the next look-up on."""
    administration.migrate(url)
    assert await database.get_user("dustin") is None
    other = f"sqlite:{tmp_path}/other.db"
    administration.migrate(other)
    administration.import_users(other, [DUSTIN])
    path_of(other).replace(path_of(url))
    assert await database.get_user("dustin") == DUSTIN


@ensureDeferred
async def test_a_writer_keeps_nobody_waiting(database: SQLiteUserDatabase, url: str) -> None:
    """A migrated file has a write-ahead log, so a long write does not block look-ups."""
    administration.migrate(url)
    administration.import_users(url, [DUSTIN])
    with closing(administration.connect(url, "rw")) as writer:
        writer.execute("BEGIN EXCLUSIVE")
        writer.execute("DELETE FROM users")
        assert await database.get_user("dustin") == DUSTIN


@ensureDeferred
async def test_a_lock(database: SQLiteUserDatabase, url: str) -> None:
    """All look-ups wait for a lock at the same time, for 0.8 seconds, and then report it."""
    administration.migrate(url)
    with closing(administration.connect(url, "rw")) as other:
        other.execute("PRAGMA journal_mode = DELETE")
        other.execute("BEGIN EXCLUSIVE")
        started = database.reactor.seconds()
        for outcome in await gatherResults([caught(database, BackendError) for _ in range(20)]):
            assert str(outcome) == "the user database is locked by another process"
        assert 0.8 <= database.reactor.seconds() - started < 2


def caught(database: SQLiteUserDatabase, error: type[Exception]) -> Any:
    def value(failure: Any) -> Any:
        failure.trap(error)
        return failure.value

    return database.get_user("dustin").addErrback(value)


@pytest.mark.parametrize(
    "url",
    [
        "sqlite:",
        "sqlite::memory:",
        "sqlite:/",
        "sqlite://host/users.db",
        "sqlite:/a?mode=x",
        "sqlite:/a#b",
        "sqlite:/a%00b",
    ],
)
def test_no_path(url: str) -> None:
    """A URL without a file path is refused, and so is a database in memory, which would differ in each thread."""
    with pytest.raises(ValueError, match="a file path after 'sqlite:'"):
        path_of(url)


@pytest.mark.parametrize(
    "url", ["sqlite:/var/lib/users.db", "sqlite:///var/lib/users.db", "sqlite:////var/lib/users.db"]
)
def test_a_path(url: str) -> None:
    """An absolute path may have one slash after the colon, or three or four as in other URLs."""
    assert path_of(url) == Path("/var/lib/users.db")


@define(kw_only=True, eq=False)
class Stuck(SQLiteUserDatabase):
    """A database whose disk hangs until the test releases it."""

    disk: threading.Event = field(factory=threading.Event)
    queries: list[str] = field(factory=list)

    def _fetch_row(self, connection: Any, sql: str, parameters: tuple[str, ...]) -> Any:
        self.queries.append(parameters[0])
        self.disk.wait()
        return super()._fetch_row(connection, sql, parameters)


@ensureDeferred
async def test_a_disk_that_does_not_answer(url: str, running_reactor: Any) -> None:
    """Look-ups that are cancelled while the disk hangs are never run, and closing takes less than a second."""
    administration.migrate(url)
    database = Stuck.from_url(url, running_reactor)
    waiting = [database.get_user(str(number)) for number in range(50)]
    for d in waiting:
        d.cancel()
        with pytest.raises(CancelledError):
            await d
    last = database.get_user("last")
    started = running_reactor.seconds()
    await database.close()
    assert running_reactor.seconds() - started < 1
    database.disk.set()
    assert await last is None
    assert database.queries == ["0", "last"]
    await database.close()


def test_a_folder_that_is_not_to_be_written_to() -> None:
    """The error for an unwritable folder mentions the write-ahead log."""
    error = as_backend_error(sqlite3.OperationalError("attempt to write a readonly database"))
    assert str(error) == "the user database needs write access to its file and its folder, for the write-ahead log"
