"""Conversion of ``postgresql:`` URLs to the arguments of asyncpg."""

from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode

from service.urls import has_valid_port

#: The application name of a connection, as in ``pg_stat_activity``.
APPLICATION = "ajax-contacts"
#: An option that asyncpg does not have: it names a file that contains only the password.
FILE_OPTION = "password_file"


def connection_arguments(url: str) -> dict[str, Any]:
    """Convert a URL such as ``postgresql://user@host/database`` to the arguments of ``asyncpg.connect``.

    The password may be in the URL, in the file named by its option ``password_file``, which is read for every new
    connection, or in ``PGPASSFILE`` or ``PGPASSWORD``. Other options are those of asyncpg.

    :raise ValueError: if the URL is invalid, or the file cannot be read; its text says what is expected.
    """
    where, _, query = url.partition("?")
    options = dict(parse_qsl(query, keep_blank_values=True))
    file = options.pop(FILE_OPTION, None)
    if not url.startswith("postgresql://") or not has_valid_port(url):
        raise ValueError("a URL of the form postgresql://user@host:5432/database")
    dsn = f"{where}?{urlencode(options)}" if options else where
    arguments: dict[str, Any] = {"dsn": dsn, "server_settings": {"application_name": APPLICATION}}
    if file is not None:
        arguments["password"] = password_in(Path(file))
    return arguments


def password_in(path: Path) -> Callable[[], str]:
    """Return a function that reads the password for each new connection, so that it can change.

    :raise ValueError: if the file cannot be read.
    """

    def password() -> str:
        return path.read_text(encoding="utf-8").strip()

    try:
        password()
    except (OSError, UnicodeDecodeError) as error:
        raise ValueError(f"{FILE_OPTION} to be a readable file") from error
    return password
