"""Conversion of ``postgresql:`` URLs to the arguments of asyncpg."""

from pathlib import Path
from urllib.parse import unquote

import pytest

from service.backends.postgresql.address import connection_arguments


@pytest.mark.parametrize(
    "url",
    ["postgresql://a:b@host:5433/db?sslmode=require", "postgresql:///db?host=/run/postgresql", "postgresql://host"],
)
def test_a_url(url: str) -> None:
    """The URL is passed to asyncpg unchanged."""
    arguments = connection_arguments(url)
    assert unquote(arguments["dsn"]) == url
    assert "password" not in arguments


def test_a_password_in_a_file(tmp_path: Path) -> None:
    """The password is read for each connection, without its newline; asyncpg does not get the option."""
    file = tmp_path / "password"
    file.write_text("first\n")
    arguments = connection_arguments(f"postgresql://a@host/db?password_file={file}&sslmode=require")
    assert arguments["dsn"] == "postgresql://a@host/db?sslmode=require"
    assert arguments["password"]() == "first"
    file.write_text("second")
    assert arguments["password"]() == "second"


def test_no_password_file() -> None:
    """A password file that cannot be read is refused at the start."""
    with pytest.raises(ValueError, match="password_file to be a readable file"):
        connection_arguments("postgresql://a@host/db?password_file=/nowhere")


@pytest.mark.parametrize(
    "url", ["postgresql:", "postgresql:host/db", "postgresql://host:port/db", "postgresql://h:99999/d"]
)
def test_no_url(url: str) -> None:
    """An invalid URL is refused."""
    with pytest.raises(ValueError, match="a URL of the form postgresql://user@host:5432/database"):
        connection_arguments(url)
