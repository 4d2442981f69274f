"""Conversion of ``postgresql:`` URLs to the arguments of asyncpg."""

import ssl
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest

from service.backends.postgresql.address import APPLICATION, connection_arguments, hosts_in

URL = "postgresql://u@h/d"


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://a:b@host:5433/db?sslmode=require",
        "postgres://a:b@host/db",
        "postgresql:///db?host=/run/postgresql",
        "postgresql://u@%2Frun%2Fpostgresql/db",
        "postgresql://u@[::1]:5433/db",
        "postgresql://u@h1:5432,h2:5433,[::1],h3/d",
        "postgresql:///d?host=h1,h2&port=5432,5433",
        "postgresql://host",
    ],
)
def test_a_url(url: str) -> None:
    """The URL is passed to asyncpg unchanged."""
    arguments = connection_arguments(url)
    assert unquote(arguments["dsn"]) == unquote(url)
    assert arguments.keys() == {"dsn", "server_settings"}
    assert arguments["server_settings"] == {"application_name": APPLICATION}


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("connect_timeout=5", {"timeout": 5}),
        ("connect_timeout=0", {}),
        ("target_session_attrs=read-write", {"target_session_attrs": "read-write"}),
        ("statement_cache_size=0", {"statement_cache_size": 0}),
        ("application_name=mine&fallback_application_name=x", {"server_settings": {"application_name": "mine"}}),
        ("fallback_application_name=mine", {"server_settings": {"application_name": "mine"}}),
        (
            "options=-c%20search_path%3Dx",
            {"server_settings": {"application_name": APPLICATION, "options": "-c search_path=x"}},
        ),
        ("channel_binding=prefer&gssencmode=disable&client_encoding=utf8&sslcompression=0", {}),
        ("sslmode=verify-full&sslrootcert=/dev/null", {"dsn": f"{URL}?sslmode=verify-full&sslrootcert=%2Fdev%2Fnull"}),
    ],
)
def test_options(query: str, expected: dict[str, Any]) -> None:
    """Options of libpq become arguments, or stay in the URL; what asyncpg does anyway is left out."""
    default = {"dsn": URL, "server_settings": {"application_name": APPLICATION}}
    assert connection_arguments(f"{URL}?{query}") == default | expected


@pytest.mark.parametrize("query", ["sslrootcert=system", "sslrootcert=system&sslmode=verify-full"])
def test_certificates_of_the_system(query: str) -> None:
    """The server's certificate can be verified by the authorities of the system."""
    arguments = connection_arguments(f"{URL}?{query}")
    assert arguments["dsn"] == URL
    assert (arguments["ssl"].verify_mode, arguments["ssl"].check_hostname) == (ssl.CERT_REQUIRED, True)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("sslmode=bogus", "sslmode to be disable or allow or prefer or require or verify-ca or verify-full"),
        ("connect_timeout=soon", "connect_timeout to be a number of seconds"),
        ("connect_timeout=-1", "connect_timeout to be a number of seconds"),
        ("target_session_attrs=best", "target_session_attrs to be any or read-write or "),
        ("channel_binding=require", "channel_binding to be disable or prefer"),
        ("client_encoding=latin1", "client_encoding to be auto or utf8"),
        ("sslrootcert=/nowhere", "sslrootcert to be a readable file, or system"),
        ("sslcert=/nowhere", "sslcert to be a readable file"),
        ("sslrootcert=system&sslmode=require", "sslmode to be verify-full with sslrootcert=system"),
        ("port=1,x", "port to be ports, separated by commas"),
        ("conect_timeout=5", "only the options host, port, .*; conect_timeout is not supported$"),
        ("search_path=x", "only the options .*; search_path is not supported$"),
        ("password_file=/nowhere", "password_file to be a readable file"),
    ],
)
def test_what_can_never_work(query: str, expected: str) -> None:
    """An unknown option, or an invalid value, is refused by name."""
    with pytest.raises(ValueError, match=f"^{expected}"):
        connection_arguments(f"{URL}?{query}")


@pytest.mark.parametrize(
    ("url", "hosts"),
    [
        ("postgresql://u@h/d", [{}]),
        ("postgresql:///d", [{}]),
        ("postgresql:///d?host=/run/postgresql", [{}]),
        ("postgresql://u@h1:1,h2/d", [{"host": "h1", "port": 1}, {"host": "h2", "port": 5432}]),
        ("postgresql://u:p@[::1]:1,[::2]/d", [{"host": "::1", "port": 1}, {"host": "::2", "port": 5432}]),
        ("postgresql://%2Frun:1,h2/d", [{"host": "/run", "port": 1}, {"host": "h2", "port": 5432}]),
        ("postgresql:///d?host=h1,h2", [{"host": "h1", "port": 5432}, {"host": "h2", "port": 5432}]),
        ("postgresql:///d?host=h1,h2&port=7", [{"host": "h1", "port": 7}, {"host": "h2", "port": 7}]),
        ("postgresql:///d?host=h1,h2&port=7,8", [{"host": "h1", "port": 7}, {"host": "h2", "port": 8}]),
    ],
)
def test_several_hosts(url: str, hosts: list[dict[str, Any]]) -> None:
    """Several hosts are tried in turn, each at its own port."""
    assert hosts_in(url) == hosts


def test_ports_without_hosts() -> None:
    """There is one port, or one for each host."""
    with pytest.raises(ValueError, match=r"^one port, or one for each host$"):
        hosts_in("postgresql:///d?host=h1,h2,h3&port=7,8")


def test_a_password_in_a_file(tmp_path: Path) -> None:
    """The password is read for each connection, without its newline; asyncpg does not get the option."""
    file = tmp_path / "password"
    file.write_text("first\n")
    arguments = connection_arguments(f"postgresql://a@host/db?password_file={file}&sslmode=require")
    assert arguments["dsn"] == "postgresql://a@host/db?sslmode=require"
    assert arguments["password"]() == "first"
    for content, password in (("second", "second"), (" a b \r\n", " a b "), ("x\n\n", "x\n")):
        file.write_bytes(content.encode())
        assert arguments["password"]() == password


def test_a_password_that_is_no_text(tmp_path: Path) -> None:
    """A password file that is not UTF-8 is refused at the start."""
    (tmp_path / "password").write_bytes(b"\xff")
    with pytest.raises(ValueError, match=r"^password_file to be a readable file$"):
        connection_arguments(f"{URL}?password_file={tmp_path / 'password'}")


@pytest.mark.parametrize(
    "url",
    [
        *("postgresql:", "postgresql:host/db", "postgresql://host:port/db", "postgresql://h:99999/d"),
        *("postgresql://h:0/d", "postgresql://h1,h2:x/d", "postgresql://u:p@ss@h/d", "postgresql://u:p#x@h/d"),
    ],
)
def test_no_url(url: str) -> None:
    """An invalid URL is refused."""
    with pytest.raises(ValueError, match="a URL of the form postgresql://user@host:5432/database"):
        connection_arguments(url)
