"""The ajax-contacts command, which ``python -m service`` is, too."""

import sys

import click

from service.command.administration import import_users, migrate
from service.command.serve import EXIT_FAILED, complain, serve, supervise
from service.command.settings import command, read_settings
from service.errors import BackendError, BadSetting

EXIT_USAGE = 2
#: 128 and the number of SIGINT.
EXIT_INTERRUPTED = 130

command.add_command(migrate)
command.add_command(import_users)


def main(arguments: list[str] | None = None) -> int:
    """Run the command.

    Its exit code is 0 after a good stop, 1 if that was cut short or a command has failed, 2 for a wrong setting, 130
    if a command was interrupted.
    """
    try:
        return run(arguments)
    except BackendError as error:  # of a command: the service itself starts without its backends
        return complain(f"{error}: {str(error.__cause__) or 'no answer in time'}", EXIT_FAILED)
    except BadSetting as error:
        return complain(str(error), EXIT_USAGE)
    except click.Abort:
        return complain("interrupted", EXIT_INTERRUPTED)
    except click.UsageError as error:
        return complain(error.format_message(), EXIT_USAGE)


def run(arguments: list[str] | None) -> int:
    """Serve, or do what else was asked for, and return the exit code."""
    settings = read_settings(arguments)
    if isinstance(settings, int):
        return settings
    if settings.processes == 1 or settings.inherit is not None:
        return serve(settings)
    return supervise(settings, sys.argv[1:] if arguments is None else arguments)


if __name__ == "__main__":
    sys.exit(main())
