"""The ajax-contacts command, which ``python -m service`` is, too."""

import sys

import click

from service.config import read_settings
from service.errors import BadSetting
from service.running import complain, serve, supervise

EXIT_USAGE = 2


def main(arguments: list[str] | None = None) -> int:
    """Run the command; its exit code is 0 after a good stop, 1 if that was cut short, 2 for a wrong setting."""
    try:
        settings = read_settings(arguments)
        if settings is None:
            return 0
        if settings.processes == 1 or settings.inherit is not None:
            return serve(settings)
        return supervise(settings, sys.argv[1:] if arguments is None else arguments)
    except BadSetting as error:
        return complain(str(error), EXIT_USAGE)
    except click.UsageError as error:
        return complain(error.format_message(), EXIT_USAGE)


if __name__ == "__main__":
    sys.exit(main())
