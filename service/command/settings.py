"""Settings: the one place where flags and environment variables are read."""

import sys
from importlib.metadata import version
from pathlib import Path
from typing import Any

import click
from attrs import field, frozen

from service.command.option_types import Folder, LimitsOption, Seconds, Word, default_limits
from service.command.reactors import REACTORS
from service.urls import without_secrets
from service.wire.limits import Limits

PROGRAM = "ajax-contacts"


def without_secrets_repr(url: str) -> str:
    """Print a URL, and no password or token that stands in it."""
    return repr(without_secrets(url))


@frozen(kw_only=True)
class Settings:
    """What an operator decides; times are in seconds. ``watch`` is None for a fresh folder.

    ``inherit`` is the descriptor of the socket that another process has opened, None if there is none.
    """

    listen: str
    database: str = field(repr=without_secrets_repr)
    im: str = field(repr=without_secrets_repr)
    pages: str
    watch: Path | None
    deadline: float
    wait: float
    linger: float
    grace: float
    in_flight: int
    limits: Limits
    processes: int
    reactor: str
    inherit: int | None
    xray: str
    access_log: str
    log_format: str


def _default_log_format() -> str:
    return "text" if sys.stderr.isatty() else "json"


@click.group(
    PROGRAM,
    invoke_without_command=True,
    context_settings={"auto_envvar_prefix": "AJAX_CONTACTS", "max_content_width": 110},
)
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
    "--in-flight",
    type=click.IntRange(min=1),
    default=1000,
    show_default=True,
    help="How many requests may be answered at once; the next one is answered 503.",
)
@click.option(
    "--limits",
    type=LimitsOption(),
    default=default_limits,
    show_default="see the README",
    help="What is accepted of a client, as in connections=500,body=0.",
)
@click.option(
    "--processes",
    type=click.IntRange(1, 64),
    default=1,
    show_default=True,
    help="How many processes serve; SIGHUP replaces them one by one.",
)
@click.option(
    "--reactor",
    type=Word(*REACTORS),
    default="auto",
    show_default=True,
    help="Twisted reactor: auto, epoll, asyncio or uvloop (asyncio on uvloop). auto is epoll on Linux, else asyncio; "
    "with a postgresql: database it is uvloop if installed, else asyncio.",
)
@click.option(
    "--xray",
    type=Word("on", "off", "auto"),
    default="auto",
    show_default=True,
    help="Whether chains are watched; auto is: on the fakes, on this machine, in one process.",
)
@click.option(
    "--access-log",
    type=Word("on", "off"),
    default="on",
    show_default=True,
    help="Whether each request is logged; a proxy may do that already.",
)
@click.option("--inherit", type=int, default=None, hidden=True, allow_from_autoenv=False)
@click.option(
    "--log-format",
    type=Word("text", "json"),
    default=_default_log_format,
    show_default="text on a terminal, else json",
    help="How the log is written, to standard error.",
)
@click.version_option(version(PROGRAM), prog_name=PROGRAM)
@click.pass_context
def command(context: click.Context, /, **options: Any) -> Settings | None:
    """Serve contacts, user info and page titles as JSON.

    Every option can also be set by an environment variable: AJAX_CONTACTS_LISTEN for --listen, and so on.
    """
    return Settings(**options) if context.invoked_subcommand is None else None


def read_settings(arguments: list[str] | None = None) -> Settings | int:
    """Read the settings from the command line and the environment.

    :return: the settings; or the exit code, if something else was asked for, which then is done: help, the version,
        another command.
    :raise BadSetting: if a flag has a value that it cannot have.
    :raise click.UsageError: if there is no such flag or command.
    """
    result: Settings | int = command.main(arguments, prog_name=PROGRAM, standalone_mode=False)
    return result
