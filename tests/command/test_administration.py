"""``ajax-contacts migrate`` and ``import-users``, as an operator runs them, and the service on the result."""

import json
import os
import pty
import re
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest

from service.command.composition import compose_server
from service.command.settings import Settings
from service.errors import BadSetting
from tests.client import PATIENCE
from tests.servers.postgresql import PostgreSQL
from tests.service_process import COMMAND, ENVIRONMENT, Service, run_in_process as run
from tests.web.memory import DEFAULTS, NOWHERE


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of an empty database."""
    if request.param == "sqlite":
        yield f"sqlite:{tmp_path}/users.db"
        return
    server: PostgreSQL = request.getfixturevalue("postgresql")
    server.sql("CREATE DATABASE commanded")
    yield server.url.replace("/ajax_contacts?", "/commanded?")
    server.sql("DROP DATABASE commanded")


@pytest.fixture
def users(tmp_path: Path) -> Path:
    """A file of users."""
    file = tmp_path / "users.csv"
    file.write_text("username,name\ndustin,Dustin\nzoë,Zoë Δ\n")
    return file


def test_a_database_is_set_up(database: str, users: Path) -> None:
    """Two commands set up a database and can be repeated; the service then finds the imported users."""
    assert run("migrate", "--database", database) == (0, "applied 0001_users\n", "")
    assert run("migrate", "--database", database) == (0, "nothing to do: the tables are up to date\n", "")
    for _ in range(2):
        assert run("import-users", "--database", database, users) == (0, "imported 2 users\n", "")
    service = Service("--database", database)
    with urlopen(f"{service.url}user-info?username=zo%C3%AB") as response:
        assert json.load(response) == {"username": "zoë", "name": "Zoë Δ"}
    with urlopen(f"{service.url}readyz") as response:
        assert json.load(response)["backends"] == {"database": "ok", "im": "ok", "pages": "ok"}
    service.process.send_signal(signal.SIGTERM)
    assert service.stop()[0] == 0


def test_the_database_of_the_service(database: str) -> None:
    """The database can be given as for the service: by a flag before the subcommand, or in the environment."""
    assert run("--database", database, "migrate")[0] == 0
    assert run("migrate", AJAX_CONTACTS_DATABASE=database)[1] == "nothing to do: the tables are up to date\n"


def test_bad_rows(database: str, users: Path) -> None:
    """If any row is invalid, the first 20 invalid rows are reported and nothing is imported."""
    run("migrate", "--database", database)
    with users.open("a") as file:
        file.writelines(f"user{number},\n" for number in range(25))
    code, out, err = run("import-users", "--database", database, users)
    lines = err.splitlines()
    assert (code, out, lines[0]) == (1, "", f"ajax-contacts: {users}: nothing was imported")
    assert lines[1] == "line 4: the name is blank"
    assert lines[21] == "and 5 more"
    users.write_text("username,name\n")
    assert run("import-users", "--database", database, users)[1] == "imported 0 users\n"


def test_no_tables(database: str, users: Path, tmp_path: Path) -> None:
    """Importing users before the tables exist fails with a message that says what to do."""
    (tmp_path / "users.db").touch()
    code, out, err = run("import-users", "--database", database, users)
    assert (code, out) == (1, "")
    assert err.startswith("ajax-contacts: the user database has not been set up: run ajax-contacts migrate: ")


def test_progress(database: str, users: Path) -> None:
    """On a terminal, progress is shown."""
    run("migrate", "--database", database)
    ours, theirs = pty.openpty()
    with os.fdopen(theirs, "w") as terminal:
        ended = run("import-users", "--database", database, users, stderr=terminal)
    shown = os.read(ours, 10_000).decode()
    os.close(ours)
    assert "importing" in shown
    assert "100%" in shown
    assert ended == (0, "imported 2 users\n", "")


def test_an_interrupted_command(postgresql: PostgreSQL) -> None:
    """An interrupted command says so in one line."""
    postgresql.freeze()
    try:
        command = subprocess.Popen(
            [*COMMAND, "migrate", "--database", postgresql.url], stderr=subprocess.PIPE, text=True, env=ENVIRONMENT
        )
        connected = [f"0100007F:{postgresql.port:04X}", "01"]  # its remote address, and ESTABLISHED
        deadline = time.monotonic() + PATIENCE
        while not any(line.split()[2:4] == connected for line in Path("/proc/net/tcp").read_text().splitlines()):
            assert time.monotonic() < deadline, "the command does not connect"
        command.send_signal(signal.SIGINT)
        _, err = command.communicate(timeout=60)
    finally:
        postgresql.thaw()
    assert (command.returncode, err.strip()) == (130, "ajax-contacts: interrupted")


@pytest.mark.parametrize(
    ("url", "code", "message"),
    [
        ("fake:", 2, "--database 'fake:': expected a URL that begins with sqlite: or postgresql: or postgres:"),
        ("sqlite:", 2, "--database 'sqlite:': expected a file path after 'sqlite:', such as "),
        ("postgresql://a:secret@host:x/", 2, "--database 'postgresql://***@host:x/': expected a URL of the form "),
        ("postgresql://a:secret@127.0.0.1:1/", 1, "the user database cannot be reached: "),
    ],
)
def test_no_database(url: str, code: int, message: str, users: Path) -> None:
    """An invalid database URL is refused, an unreachable database is reported, and passwords are never shown."""
    for command in (["migrate"], ["import-users", users]):
        ended, out, err = run(*command, "--database", url)
        assert (ended, out) == (code, "")
        assert err.startswith(f"ajax-contacts: {message}")
        assert "secret" not in err


def test_the_service_starts_while_everything_is_down() -> None:
    """The service starts while backends are down, and reports each of them as down, at once in the log."""
    service = Service(
        "--database", "postgresql://x@127.0.0.1:1/y", "--im", "ejabberd+http://127.0.0.1:1/?domain=x&token=y"
    )
    with urlopen(f"{service.url}readyz") as response:
        assert json.load(response)["backends"] == {"database": "down", "im": "down", "pages": "ok"}
    service.process.send_signal(signal.SIGTERM)
    code, log = service.stop()
    assert code == 0
    said = [line["message"].partition(": ")[2] for line in log if " is down: " in line["message"]]
    assert len(said) == 4
    assert all(re.match(r"the (user database|IM service) cannot be reached: ", why) for why in said)


def test_postgresql_needs_asyncio(running_reactor: Any) -> None:
    """A PostgreSQL database on a reactor without asyncio is refused."""
    settings = Settings(**DEFAULTS | {"reactor": "epoll", "database": "postgresql://host/db"})
    with pytest.raises(BadSetting, match=r"^--reactor 'epoll': expected asyncio or uvloop, which the PostgreSQL"):
        compose_server(settings, running_reactor, NOWHERE)
