"""User database administration: ``ajax-contacts migrate`` and ``ajax-contacts import-users``."""

import sys
from pathlib import Path

import click

from service.backends.registry import DATABASE, administration_of, complaining_of
from service.command.messages import EXIT_FAILED
from service.command.settings import PROGRAM
from service.command.subcommands import setting_of_service
from service.command.users_file import read_users

#: How many invalid rows are reported.
SHOWN = 20


def database_of_service() -> str:
    """Return the database URL of the service: from the flag before the subcommand, or from the environment."""
    return setting_of_service("database")


database_option = click.option(
    DATABASE.flag,
    default=database_of_service,
    show_default="the service's database",
    help="URL of the user database (sqlite: or postgresql:).",
)


@click.command("migrate")
@database_option
def migrate(database: str) -> int:
    """Create or upgrade the tables of a user database."""
    administration = administration_of(database)
    with complaining_of(DATABASE.flag, database):
        applied = administration.migrate(database)
    click.echo(f"applied {', '.join(applied)}" if applied else "nothing to do: the tables are up to date")
    return 0


@click.command("import-users")
@database_option
@click.argument("users", metavar="USERS.CSV", type=click.Path(path_type=Path))
def import_users(database: str, users: Path) -> int:
    """Import users from a CSV file with the header line username,name: all of them, or none.

    Existing users are renamed; none are removed.
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
