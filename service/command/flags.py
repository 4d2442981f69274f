"""Flags and environment variables: the only place where they are read."""

import sys
from importlib.metadata import version
from typing import Any

import click
from attrs import asdict

from service.command.option_types import (
    Folder,
    LimitsOption,
    Networks,
    Origins,
    Seconds,
    Word,
    default_limits,
    join_origins,
)
from service.command.reactors import REACTORS
from service.command.settings import FAKES_FIRST, PROGRAM, Settings, default_pages

DEFAULT_LIMITS = ", ".join(f"{name}={value:.0f}" for name, value in asdict(default_limits()).items())


@click.group(
    PROGRAM,
    invoke_without_command=True,
    context_settings={
        "auto_envvar_prefix": "AJAX_CONTACTS",
        "help_option_names": ["-h", "--help"],
        "max_content_width": 110,
        "show_default": True,
    },
)
@click.option("--listen", default="tcp:8080:interface=127.0.0.1", help="Twisted endpoint string to listen on.")
@click.option(
    "--database", default="fake:", help="URL of the user database: fake:, sqlite:PATH or postgresql://USER@HOST/NAME."
)
@click.option(
    "--im",
    default="fake:",
    help="URL of the instant-messaging service: fake: or ejabberd+https://HOST:5443/api?domain=NAME&token_file=PATH.",
)
@click.option(
    "--pages",
    default=None,
    show_default=f"http:, or {FAKES_FIRST} if both others are fakes",
    help="Source of web pages: http: is the web, fake: is a few pages in memory.",
)
@click.option("--deadline", type=Seconds(zero=False), default=5.0, help="How long a request may take.")
@click.option(
    "--watch",
    type=Folder(),
    default=None,
    show_default="a new temporary folder",
    help="Folder that /wait-for-file watches.",
)
@click.option("--wait", type=Seconds(zero=False), default=30.0, help="How long /wait-for-file may take.")
@click.option(
    "--linger",
    type=Seconds(zero=True),
    default=0.0,
    help="Keep accepting this long after SIGTERM, while /readyz returns 503. Use 3 behind a proxy.",
)
@click.option("--grace", type=Seconds(zero=True), default=8.0, help="Then wait this long for in-flight requests.")
@click.option(
    "--in-flight", type=click.IntRange(min=1), default=1000, help="Maximum concurrent requests; more get 503."
)
@click.option(
    "--streams",
    type=click.IntRange(min=1),
    default=1000,
    help="Maximum concurrent streams and waits (/countdown, /wait-for-file); more get 503.",
)
@click.option(
    "--streams-per-client",
    type=click.IntRange(min=1),
    default=20,
    help="Of these, the maximum for each client address.",
)
@click.option(
    "--trust-proxy",
    type=Networks(),
    default=(),
    show_default="none",
    help="Networks of proxies, such as 10.0.0.0/8,::1, whose X-Forwarded-For or Forwarded names the client.",
)
@click.option(
    "--allow-origin",
    type=Origins(),
    multiple=True,
    default=(),
    show_default="any loopback origin if database and IM service are fakes, else none",
    callback=join_origins,
    help="Origins whose pages may read responses, such as https://chat.example.org, or * for any; repeatable.",
)
@click.option(
    "--auth",
    default=None,
    show_default="none",
    help="Who callers are: none, header:NAME as a trusted proxy says, or jwt:https://HOST/KEYS#issuer=...&audience=...",
)
@click.option(
    "--limits",
    type=LimitsOption(),
    default=default_limits,
    show_default=DEFAULT_LIMITS,
    help="Limits on clients, in bytes and seconds, such as connections=500,body=0; the others keep their defaults.",
)
@click.option(
    "--processes",
    type=click.IntRange(1, 64),
    default=1,
    help="Number of processes that serve; if several, SIGHUP replaces them one by one.",
)
@click.option(
    "--reactor",
    type=Word(*REACTORS),
    default="auto",
    help="Twisted reactor: auto is epoll on Linux, else asyncio; with PostgreSQL uvloop if installed, else asyncio.",
)
@click.option(
    "--clock",
    type=Word("real", "manual"),
    default="real",
    help="manual: time stands still until POST /clock/advance?seconds=30, for tests; on fakes only.",
)
@click.option(
    "--admin",
    default=None,
    show_default="none",
    help="Twisted endpoint string of a second address, at which operators reach /metrics and /xray from elsewhere.",
)
@click.option(
    "--metrics",
    type=Word("on", "off", "auto"),
    default="auto",
    help="Metrics for Prometheus; auto: on with --admin.",
)
@click.option(
    "--xray",
    type=Word("on", "off", "auto"),
    default="auto",
    help="X-ray (Deferred tracing); auto: on with fake database and IM, on localhost, in one process.",
)
@click.option(
    "--stalls",
    type=Seconds(zero=True),
    default=0.1,
    help="Log what blocks the reactor for longer than this; 0 for never.",
)
@click.option(
    "--access-log",
    type=Word("on", "off"),
    default="on",
    help="Access log. Use off if a proxy already logs requests.",
)
@click.option("--inherit", type=int, default=None, hidden=True, allow_from_autoenv=False)
@click.option(
    "--log-format",
    type=Word("text", "json"),
    default=lambda: "text" if sys.stderr.isatty() else "json",
    show_default="text on a terminal, else json",
    help="Log format, on standard error.",
)
@click.option(
    "--log-usernames", is_flag=True, help="Name users in the log; otherwise who asks about whom stays out of it."
)
@click.version_option(version(PROGRAM), prog_name=PROGRAM)
@click.pass_context
def command(context: click.Context, /, **options: Any) -> Settings | None:
    """Serve contacts, user info and page titles as JSON.

    Every option can also be set with an environment variable: AJAX_CONTACTS_LISTEN for --listen, and so on.
    """
    if context.invoked_subcommand is not None:
        return None
    if options["pages"] is None:
        options["pages"] = default_pages(options["database"], options["im"], options["clock"])
    settings = Settings(**options)
    settings.check()
    return settings


def read_settings(arguments: list[str] | None = None, *, environment: bool = True) -> Settings | int:
    """Read the settings from the command line and the ``environment``.

    :return: the settings; or the exit code, if the arguments asked for something else, which has then been done: help,
        the version, or a subcommand.
    :raise BadSetting: if a flag has an invalid value.
    :raise click.UsageError: if a flag or subcommand is unknown.
    """
    more: dict[str, Any] = {} if environment else {"auto_envvar_prefix": None}
    return command.main(arguments, prog_name=PROGRAM, standalone_mode=False, **more)
