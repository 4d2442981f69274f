"""The schema of a user database: the table of users, and the migrations that lead to it."""

from collections.abc import Sequence
from importlib.resources import files
from typing import Any

from attrs import frozen

from service.errors import BackendError
from service.values import User

#: The name of the database in error messages.
BACKEND = "user database"


@frozen
class Migration:
    """A schema migration: ``number`` counts from 1, and ``name`` is its file's without ``.sql``."""

    number: int
    name: str
    sql: str


def migrations_of(package: str) -> list[Migration]:
    """Read the migrations of a backend from the folder ``schema`` of its package."""
    scripts = sorted((path for path in files(package).joinpath("schema").iterdir()), key=lambda path: path.name)
    return [
        Migration(number, path.name.removesuffix(".sql"), path.read_text(encoding="utf-8"))
        for number, path in enumerate(scripts, 1)
    ]


def pending(migrations: Sequence[Migration], version: int) -> list[Migration]:
    """Return the migrations that a database of that version still needs; version 0 needs all."""
    return [migration for migration in migrations if migration.number > version]


def as_user(row: Any) -> User | None:
    """Convert a (username, name) row to a ``User``; None stays None."""
    return None if row is None else User(*row)


def not_set_up() -> BackendError:
    """Make the error for a database that lacks the table."""
    return BackendError(BACKEND, "has not been set up: run ajax-contacts migrate")
