"""Administration of a SQLite file."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from service.backends.schema import Migration, migrations_of
from service.backends.sqlite.administration import connect, import_users, migrate
from service.errors import BackendError
from service.values import User

MORE = [
    *migrations_of("service.backends.sqlite"),
    Migration(2, "0002_mail", "ALTER TABLE users ADD COLUMN mail TEXT;\n\nCREATE INDEX by_mail ON users (mail);\n"),
]
BROKEN = [*MORE, Migration(3, "0003_broken", "CREATE TABLE more (a);\nCREATE TABLE users (b);\n")]


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:{tmp_path}/users.db"


def rows(url: str, sql: str = "SELECT username, name FROM users") -> list[tuple[Any, ...]]:
    with closing(connect(url, "rw")) as connection:
        return list(connection.execute(sql))


def test_once(url: str) -> None:
    """Each migration is applied once, in order."""
    assert migrate(url) == ["0001_users"]
    assert migrate(url) == []
    assert migrate(url, MORE) == ["0002_mail"]
    assert migrate(url, MORE) == []
    assert rows(url, "SELECT username, name, mail FROM users") == []


def test_wholly_or_not_at_all(url: str) -> None:
    """A failed migration rolls back the whole run, including the migrations before it."""
    migrate(url)
    with pytest.raises(BackendError):
        migrate(url, BROKEN)
    assert rows(url, "SELECT count(*) FROM sqlite_schema WHERE name IN ('more', 'by_mail')") == [(0,)]
    assert migrate(url, MORE) == ["0002_mail"]


def test_users(url: str) -> None:
    """New users are added, existing ones are renamed, and others are kept."""
    migrate(url)
    import_users(url, [User("dustin", "Dustin"), User("zoë", "Zoë Δ")])
    import_users(url, [User("dustin", "Dustin M."), User("karl", "Karl")])
    assert rows(url) == [("dustin", "Dustin M."), ("karl", "Karl"), ("zoë", "Zoë Δ")]


def test_no_half_of_them(url: str) -> None:
    """An import that fails imports nothing."""
    migrate(url)

    def users() -> Iterator[User]:
        yield User("dustin", "Dustin")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        import_users(url, users())
    assert rows(url) == []


def test_no_folder(tmp_path: Path) -> None:
    """A file that cannot be created is a BackendError; where one does not exist, the error says how to create it."""
    with pytest.raises(BackendError, match="cannot be opened"):
        migrate(f"sqlite:{tmp_path}/nowhere/users.db")
    with pytest.raises(BackendError, match="has not been set up: run ajax-contacts migrate"):
        import_users(f"sqlite:{tmp_path}/users.db", [])
