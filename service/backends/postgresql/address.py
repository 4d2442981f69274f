"""Conversion of ``postgresql:`` URLs to the arguments of asyncpg."""

import re
import ssl
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlencode

from service.backends.postgresql.options import FILE_OPTION, OPTIONS, check_options, is_port

#: The application name of a connection, as in ``pg_stat_activity``.
APPLICATION = "ajax-contacts"
DEFAULT_PORT = 5432
SCHEMES = ("postgresql", "postgres")
#: A host, which may be an IPv6 address in brackets, and its port.
_PLACE = re.compile(r"(?P<host>\[[^\[\]@]*\]|[^:\[\]@]*)(?::(?P<port>[^@]*))?")
_FORM = "a URL of the form postgresql://user@host:5432/database"


def connection_arguments(url: str) -> dict[str, Any]:
    """Convert a URL such as ``postgresql://user@host/database`` to the arguments of ``asyncpg.connect``.

    The password may be in the URL, in the file named by its option ``password_file``, which is read for every new
    connection, or in ``PGPASSFILE`` or ``PGPASSWORD``. Other options are those of libpq.

    :raise ValueError: if the URL is invalid, or a file cannot be read; its text says what is expected.
    """
    where, options = _parts_of(url)
    passed_on = {name: value for name, value in options.items() if OPTIONS[name].passed_on}
    arguments: dict[str, Any] = {}
    if options.get("sslrootcert") == "system":
        if passed_on.pop("sslmode", "verify-full") != "verify-full":
            raise ValueError("sslmode to be verify-full with sslrootcert=system")
        del passed_on["sslrootcert"]
        arguments["ssl"] = ssl.create_default_context()
    arguments["dsn"] = f"{where}?{urlencode(passed_on)}" if passed_on else where
    name = options.get("application_name") or options.get("fallback_application_name") or APPLICATION
    arguments["server_settings"] = {"application_name": name}
    if "options" in options:
        arguments["server_settings"]["options"] = options["options"]
    if FILE_OPTION in options:
        arguments["password"] = password_in(Path(options[FILE_OPTION]))
    if "target_session_attrs" in options:
        arguments["target_session_attrs"] = options["target_session_attrs"]
    if "statement_cache_size" in options:
        arguments["statement_cache_size"] = int(options["statement_cache_size"])
    if int(options.get("connect_timeout", 0)):
        arguments["timeout"] = int(options["connect_timeout"])
    return arguments


def hosts_in(url: str) -> list[dict[str, Any]]:
    """Return the hosts in a URL, each as arguments of ``asyncpg.connect``; or an empty dict if there are not several.

    :raise ValueError: as ``connection_arguments`` does.
    """
    where, options = _parts_of(url)
    places = _places_in(where) or [(host, "") for host in options.get("host", "").split(",")]
    ports = options.get("port", "").split(",")
    if len(ports) == 1:
        ports *= len(places)
    if len(ports) != len(places):
        raise ValueError("one port, or one for each host")
    if len(places) == 1:
        return [{}]
    return [
        {"host": host, "port": int(port or other or DEFAULT_PORT)}
        for (host, other), port in zip(places, ports, strict=True)
    ]


def _parts_of(url: str) -> tuple[str, dict[str, str]]:
    where, _, query = url.partition("?")
    scheme, slashes, _ = where.partition("://")
    if scheme not in SCHEMES or not slashes or "#" in url:
        raise ValueError(_FORM)
    _places_in(where)
    options = dict(parse_qsl(query, keep_blank_values=True))
    check_options(options)
    return where, options


def _places_in(where: str) -> list[tuple[str, str]]:
    netloc = where.partition("://")[2].partition("/")[0]
    hosts = netloc.partition("@")[2] if "@" in netloc else netloc
    places = []
    for host in hosts.split(",") if hosts else ():
        match = _PLACE.fullmatch(host)
        if match is None or not is_port(match["port"] or ""):
            raise ValueError(_FORM)
        places.append((unquote(match["host"].strip("[]")), match["port"] or ""))
    return places


def password_in(path: Path) -> Callable[[], str]:
    """Return a function that reads the password for each new connection, so that it can change.

    :raise ValueError: if the file cannot be read.
    """

    def password() -> str:
        # Only the newline is not part of it.
        return path.read_text(encoding="utf-8").removesuffix("\n").removesuffix("\r")

    try:
        password()
    except (OSError, UnicodeDecodeError) as error:
        raise ValueError(f"{FILE_OPTION} to be a readable file") from error
    return password
