"""The ``ajax-contacts`` command, which ``python -m service`` runs, too."""

import os
import sys

import click

from service.command.administration import import_users, migrate
from service.command.environment import names_of, unknown_variables
from service.command.flags import command, read_settings
from service.command.health import health
from service.command.messages import EXIT_FAILED, complain
from service.command.serve import serve
from service.command.settings import PROGRAM
from service.command.streams import open_standard_streams, say
from service.command.supervise import supervise
from service.errors import BackendError, BadSetting

EXIT_USAGE = 2
#: 128 plus the number of SIGINT.
EXIT_INTERRUPTED = 130

command.add_command(migrate)
command.add_command(import_users)
command.add_command(health)


def main(arguments: list[str] | None = None) -> int:
    """Run the command, and return its exit code.

    The code is 0 after a graceful shutdown, 1 if that was cut short or a subcommand failed, 2 for an invalid setting,
    and 130 if a subcommand was interrupted.
    """
    open_standard_streams()
    try:
        return run(arguments)
    except BackendError as error:  # only from a subcommand: the service itself starts without its backends
        return complain(f"{error}: {str(error.__cause__) or 'no answer in time'}", EXIT_FAILED)
    except BadSetting as error:
        return complain(str(error), EXIT_USAGE)
    except click.Abort:
        return complain("interrupted", EXIT_INTERRUPTED)
    except click.UsageError as error:
        return complain(error.format_message(), EXIT_USAGE)


def run(arguments: list[str] | None) -> int:
    """Serve or run a subcommand, and return the exit code."""
    unknown = unknown_variables(os.environ, names_of(command))
    settings = read_settings(arguments)
    if isinstance(settings, int):
        return settings
    if unknown and settings.inherit is None:
        say(sys.stderr, f"{PROGRAM}: ignored unknown settings: {', '.join(unknown)}\n")
    if settings.processes == 1 or settings.inherit is not None:
        return serve(settings)
    return supervise(settings, sys.argv[1:] if arguments is None else arguments)


if __name__ == "__main__":
    sys.exit(main())
