"""Administration of a SQLite file: migrate the schema, import users."""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from functools import partial

from service.backends.failures import translated
from service.backends.schema import Migration, migrations_of, pending
from service.backends.sqlite.address import file_uri, path_of
from service.backends.sqlite.errors import as_backend_error
from service.values import User

#: Seconds to wait for a lock of another process.
PATIENCE = 10.0


def migrate(url: str, migrations: Sequence[Migration] | None = None) -> list[str]:
    """Create the file, or migrate its schema in one transaction.

    :return: the names of the migrations that were applied.
    :raise ValueError: if the URL does not have a file path.
    :raise BackendError: if the file cannot be created or changed; then it is as it was.
    """
    wanted = migrations_of(__package__) if migrations is None else migrations
    with translated(as_backend_error), closing(connect(url, "rwc")) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        with transaction(connection):
            [version] = connection.execute("PRAGMA user_version").fetchone()
            missing = pending(wanted, version)
            for migration in missing:
                for statement in statements_of(migration.sql):
                    connection.execute(statement)
                connection.execute(f"PRAGMA user_version = {migration.number:d}")
    return [migration.name for migration in missing]


def import_users(url: str, users: Iterable[User]) -> None:
    """Add new users and rename existing ones, in one transaction.

    :raise ValueError: if the URL does not have a file path.
    :raise BackendError: if the file cannot be changed; then it is as it was.
    """
    translate = partial(as_backend_error, path=path_of(url))
    with translated(translate), closing(connect(url, "rw")) as connection, transaction(connection):
        connection.executemany(
            "INSERT INTO users (username, name) VALUES (?, ?)"
            " ON CONFLICT (username) DO UPDATE SET name = excluded.name",
            ((user.username, user.name) for user in users),
        )


def connect(url: str, mode: str) -> sqlite3.Connection:
    """Open the file without implicit transactions."""
    return sqlite3.connect(file_uri(path_of(url), mode), uri=True, timeout=PATIENCE, isolation_level=None)


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """Run a block in one transaction, which excludes other writers and is rolled back on failure."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")


def statements_of(script: str) -> Iterator[str]:
    """Split a script into its statements: ``executescript`` would commit first."""
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""
