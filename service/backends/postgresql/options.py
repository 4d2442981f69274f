"""The options of a ``postgresql:`` URL: those of libpq, checked before anything connects."""

import os
from collections.abc import Callable, Mapping
from typing import Any

from attrs import frozen

#: An option that libpq does not have: it names a file that contains only the password.
FILE_OPTION = "password_file"
MAX_PORT = 65535


@frozen
class Option:
    """An option: whether a value is valid, what is expected if it is not, and whether asyncpg takes it in its URL."""

    is_valid: Callable[[str], bool] = lambda _: True
    expected: str = ""
    passed_on: bool = True


def _one_of(*words: str, passed_on: bool = True) -> Option:
    return Option(words.__contains__, " or ".join(words), passed_on)


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit()


def is_port(text: str) -> bool:
    """Return whether a port is valid; an empty one is the default."""
    return text == "" or (_is_number(text) and 0 < int(text[:6]) <= MAX_PORT)


_FILE = Option(lambda path: os.access(path, os.R_OK), "a readable file")
_ANYTHING = Option()

#: Option -> what is valid. https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-PARAMKEYWORDS
OPTIONS: Mapping[str, Option] = {
    "host": _ANYTHING,
    "port": Option(lambda ports: all(map(is_port, ports.split(","))), "ports, separated by commas"),
    "dbname": _ANYTHING,
    "user": _ANYTHING,
    "password": _ANYTHING,
    "passfile": _ANYTHING,
    "service": _ANYTHING,
    "sslmode": _one_of("disable", "allow", "prefer", "require", "verify-ca", "verify-full"),
    "sslnegotiation": _one_of("postgres", "direct"),
    "sslrootcert": Option(lambda path: path == "system" or os.access(path, os.R_OK), "a readable file, or system"),
    "sslcert": _FILE,
    "sslkey": _FILE,
    "sslcrl": _FILE,
    "sslpassword": _ANYTHING,
    "ssl_min_protocol_version": _one_of("TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3"),
    "ssl_max_protocol_version": _one_of("TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3"),
    "krbsrvname": _ANYTHING,
    "gsslib": _one_of("gssapi", "sspi"),
    # Those that asyncpg does not take in its URL.
    FILE_OPTION: Option(passed_on=False),
    "target_session_attrs": _one_of(
        *("any", "read-write", "read-only", "primary", "standby", "prefer-standby"), passed_on=False
    ),
    "connect_timeout": Option(_is_number, "a number of seconds", passed_on=False),
    "statement_cache_size": Option(_is_number, "a number", passed_on=False),
    "application_name": Option(passed_on=False),
    "fallback_application_name": Option(passed_on=False),
    "options": Option(passed_on=False),
    # Options that asyncpg does not have, with the values that describe what it does anyway.
    "channel_binding": _one_of("disable", "prefer", passed_on=False),
    "client_encoding": _one_of("auto", "utf8", "UTF8", passed_on=False),
    "gssencmode": _one_of("disable", "prefer", passed_on=False),
    "load_balance_hosts": _one_of("disable", passed_on=False),
    "sslcompression": _one_of("0", passed_on=False),
}


def check_options(options: Mapping[str, Any]) -> None:
    """Check the options of a URL.

    :raise ValueError: if one is unknown or has an invalid value; its text says what is expected.
    """
    for name, value in options.items():
        option = OPTIONS.get(name)
        if option is None:
            raise ValueError(f"only the options {', '.join(OPTIONS)}; {name} is not supported")
        if not option.is_valid(value):
            raise ValueError(f"{name} to be {option.expected}")
