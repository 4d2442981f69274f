"""What an operator does to a user database: ``ajax-contacts migrate`` and ``ajax-contacts import-users``."""

import sys
from pathlib import Path

import click

from service.backends.registry import DATABASE, administration_of, complaining_of
from service.command.settings import PROGRAM
from service.command.users_file import read_users

EXIT_FAILED = 1
#: Bad rows that are shown.
SHOWN = 20


def database_of_service() -> str:
    """Take the database that the service itself would use: from the flag before the command, or the environment."""
    parent = click.get_current_context().parent
    assert parent is not None
    database: str = parent.params["database"]
    return database


database_option = click.option(
    DATABASE.flag,
    default=database_of_service,
    show_default="that of the service",
    help="URL of the user database: sqlite: or postgresql:.",
)


@click.command("migrate")
@database_option
def migrate(database: str) -> int:
    """Create the tables of a user database, or bring them up to date."""
    administration = administration_of(database)
    with complaining_of(DATABASE.flag, database):
        applied = administration.migrate(database)
    click.echo(f"applied {', '.join(applied)}" if applied else "nothing to do: the tables are up to date")
    return 0


@click.command("import-users")
@database_option
@click.argument("users", metavar="USERS.CSV", type=click.Path(path_type=Path))
def import_users(database: str, users: Path) -> int:
    """Load users from a CSV file with a head line username,name: all of them, or none.

    Who is there already is renamed, and nobody is removed.
    """
    administration = administration_of(database)
    people, problems = read_users(users)
    if problems:
        more = [f"and {len(problems) - SHOWN} more"] if len(problems) > SHOWN else []
        for line in [f"{PROGRAM}: {users}: nothing was imported", *problems[:SHOWN], *more]:
            click.echo(line, err=True)
        return EXIT_FAILED
    bar = click.progressbar(people, label="importing", file=sys.stderr, hidden=not sys.stderr.isatty())
    with complaining_of(DATABASE.flag, database), bar as progress:
        administration.import_users(database, progress)
    click.echo(f"imported {len(people)} users")
    return 0
