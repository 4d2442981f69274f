"""How a database comes to its schema: numbered SQL files, each applied once, in order."""

from collections.abc import Sequence
from importlib.resources import files

from attrs import frozen


@frozen
class Migration:
    """One step of a schema: its number, from 1 on, the name of its file without the ending, and its SQL."""

    number: int
    name: str
    sql: str


def migrations_of(package: str) -> list[Migration]:
    """Read the migrations of a backend out of the folder ``schema`` of its package."""
    scripts = sorted((path for path in files(package).joinpath("schema").iterdir()), key=lambda path: path.name)
    return [
        Migration(number, path.name.removesuffix(".sql"), path.read_text(encoding="utf-8"))
        for number, path in enumerate(scripts, 1)
    ]


def pending(migrations: Sequence[Migration], version: int) -> list[Migration]:
    """Take the migrations that a database of that version has not seen; version 0 has seen none."""
    return [migration for migration in migrations if migration.number > version]
