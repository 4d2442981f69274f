"""Settings: the one place where flags and environment variables are read."""

import math
import os
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import click
from attrs import field, frozen

from service.errors import BadSetting

PROGRAM = "ajax-contacts"


def without_password(url: str) -> str:
    """Print a URL, and no password that stands in it."""
    password = urlsplit(url).password
    return repr(url.replace(f":{password}@", ":***@") if password else url)


@frozen(kw_only=True)
class Settings:
    """What an operator decides; times are in seconds. ``watch`` is None for a fresh folder."""

    listen: str
    database: str = field(repr=without_password)
    im: str = field(repr=without_password)
    pages: str
    watch: Path | None
    deadline: float
    wait: float
    linger: float
    grace: float
    log_format: str


class Seconds(click.ParamType[float]):
    """A number of seconds, up to an hour; ``zero`` says whether it may be 0."""

    name = "seconds"

    def __init__(self, *, zero: bool = False) -> None:
        self.zero = zero

    def convert(self, value: Any, param: click.Parameter | None, _: click.Context | None) -> float:
        """Read the number."""
        try:
            seconds = float(value)
        except ValueError:
            seconds = math.nan
        if not (0 <= seconds <= 3600 and (seconds or self.zero)):  # noqa: PLR2004  an hour
            least = "at least 0" if self.zero else "more than 0"
            raise BadSetting(_flag(param), value, f"seconds, {least} and at most 3600")
        return seconds


class Folder(click.ParamType[Path]):
    """A folder that exists."""

    name = "folder"

    def convert(self, value: Any, param: click.Parameter | None, _: click.Context | None) -> Path:
        """Look whether it is there."""
        if not Path(value).is_dir() or not os.access(value, os.R_OK | os.X_OK):
            raise BadSetting(_flag(param), value, "a folder that exists and can be read")
        return Path(value).absolute()


class Format(click.ParamType[str]):
    """How the log is written."""

    name = "format"

    def convert(self, value: Any, param: click.Parameter | None, _: click.Context | None) -> str:
        """Read the word."""
        if value not in ("text", "json"):
            raise BadSetting(_flag(param), value, "text or json")
        return str(value)


def _flag(param: click.Parameter | None) -> str:
    assert param is not None
    return param.opts[0]


def _default_log_format() -> str:
    return "text" if sys.stderr.isatty() else "json"


@click.command(PROGRAM, context_settings={"auto_envvar_prefix": "AJAX_CONTACTS", "max_content_width": 110})
@click.option(
    "--listen",
    default="tcp:8080:interface=127.0.0.1",
    show_default=True,
    help="A Twisted endpoint string.",
)
@click.option("--database", default="fake:", show_default=True, help="URL of the user database.")
@click.option("--im", default="fake:", show_default=True, help="URL of the instant-messaging service.")
@click.option(
    "--pages",
    default="http:",
    show_default=True,
    help="Where pages come from: http: is the web, fake: is offline.",
)
@click.option(
    "--deadline",
    type=Seconds(zero=False),
    default=5.0,
    show_default=True,
    help="How long a request may take.",
)
@click.option(
    "--watch",
    type=Folder(),
    default=None,
    show_default="a fresh temporary folder",
    help="The folder in which /wait-for-file waits.",
)
@click.option(
    "--wait",
    type=Seconds(zero=False),
    default=30.0,
    show_default=True,
    help="How long /wait-for-file may take.",
)
@click.option(
    "--linger",
    type=Seconds(zero=True),
    default=0.0,
    show_default=True,
    help="How long to go on accepting after SIGTERM while /readyz answers 503; 3 behind a proxy.",
)
@click.option(
    "--grace",
    type=Seconds(zero=True),
    default=8.0,
    show_default=True,
    help="How long requests in flight may take after that.",
)
@click.option(
    "--log-format",
    type=Format(),
    default=_default_log_format,
    show_default="text on a terminal, else json",
    help="How the log is written, to standard error.",
)
@click.version_option(version(PROGRAM), prog_name=PROGRAM)
def command(**options: Any) -> Settings:
    """Serve contacts, user info and page titles as JSON.

    Every option can also be set by an environment variable: AJAX_CONTACTS_LISTEN for --listen, and so on.
    """
    return Settings(**options)


def read_settings(arguments: list[str] | None = None) -> Settings | None:
    """Read the settings from the command line and the environment.

    :return: the settings; or None if no more was asked for than help or the version, which then is printed.
    :raise BadSetting: if a flag has a value that it cannot have.
    :raise click.UsageError: if there is no such flag.
    """
    result = command.main(arguments, prog_name=PROGRAM, standalone_mode=False)
    return result if isinstance(result, Settings) else None
