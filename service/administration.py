"""What an operator does to a user database: ``ajax-contacts migrate`` and ``ajax-contacts import-users``."""

import sys
from pathlib import Path

import click

from service.config import PROGRAM
from service.errors import BackendError, BadSetting
from service.urls import without_secrets
from service.users_file import read_users
from service.wiring import DATABASE, administration_of

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
    try:
        applied = administration.migrate(database)
    except ValueError as error:
        raise BadSetting(DATABASE.flag, without_secrets(database), str(error)) from error
    except BackendError as error:
        return complain_of(error)
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
    try:
        with click.progressbar(people, label="importing", file=sys.stderr, hidden=not sys.stderr.isatty()) as progress:
            administration.import_users(database, progress)
    except ValueError as error:
        raise BadSetting(DATABASE.flag, without_secrets(database), str(error)) from error
    except BackendError as error:
        return complain_of(error)
    click.echo(f"imported {len(people)} users")
    return 0


def complain_of(error: BackendError) -> int:
    """Say in one line what is wrong with the database, and what its library says of it."""
    click.echo(f"{PROGRAM}: {error}: {str(error.__cause__) or 'no answer in time'}", err=True)
    return EXIT_FAILED
