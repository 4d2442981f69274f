"""Which server, database and role a ``postgresql:`` URL means, and where the password is."""

from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

#: What a connection calls itself: ``pg_stat_activity`` shows it.
APPLICATION = "ajax-contacts"
#: The option of ours: it names a file that has the password, and nothing else, in it.
FILE_OPTION = "password_file"


def connection_arguments(url: str) -> dict[str, Any]:
    """Make the arguments of ``asyncpg.connect`` out of a URL such as ``postgresql://user@host/database``.

    The password may stand in it, or in the file that its option ``password_file`` names, which is read for every new
    connection; or in ``PGPASSFILE`` or ``PGPASSWORD``. Other options are those of asyncpg.

    :raise ValueError: if it is no such URL; its text says what is expected.
    """
    where, _, query = url.partition("?")
    options = dict(parse_qsl(query, keep_blank_values=True))
    file = options.pop(FILE_OPTION, None)
    if not url.startswith("postgresql://") or _port_of(url) == 0:
        raise ValueError("a URL of the form postgresql://user@host:5432/database")
    dsn = f"{where}?{urlencode(options)}" if options else where
    arguments: dict[str, Any] = {"dsn": dsn, "server_settings": {"application_name": APPLICATION}}
    if file is not None:
        arguments["password"] = password_in(Path(file))
    return arguments


def _port_of(url: str) -> int | None:
    try:
        return urlsplit(url).port
    except ValueError:
        return 0


def password_in(path: Path) -> Callable[[], str]:
    """Make what asyncpg calls for the password of each new connection, so that it can change.

    :raise ValueError: if the file cannot be read.
    """

    def password() -> str:
        return path.read_text(encoding="utf-8").strip()

    try:
        password()
    except (OSError, UnicodeDecodeError) as error:
        raise ValueError(f"{FILE_OPTION} to be a file that can be read") from error
    return password
