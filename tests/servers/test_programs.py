"""Programs that tests need."""

import os
import tempfile
from itertools import takewhile
from pathlib import Path

import pytest

from tests.browser.chrome import start_chromium
from tests.servers.ejabberd import start_ejabberd
from tests.servers.haproxy import find_haproxy
from tests.servers.pgbouncer import start_pgbouncer
from tests.servers.postgresql import PostgreSQL, of_the_wheel, runnable, start_postgresql
from tests.servers.programs import can_run


@pytest.mark.parametrize(("environment", "outcome"), [("true", pytest.fail.Exception), ("", pytest.skip.Exception)])
def test_a_program_that_is_missing(
    environment: str, outcome: type[BaseException], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A test whose program is not installed is skipped with a reason; in CI, it fails."""
    monkeypatch.setenv("CI", environment)
    with pytest.raises(outcome, match="PostgreSQL is not installed"):
        start_postgresql(None)
    with pytest.raises(outcome, match="ejabberd is not installed"):
        start_ejabberd("/nowhere")
    with pytest.raises(outcome, match="PgBouncer is not installed"):
        start_pgbouncer(PostgreSQL(Path("/nowhere"), Path("/nowhere")), "/nowhere")
    with pytest.raises(outcome, match="HAProxy is not installed"):
        find_haproxy("/nowhere")
    with pytest.raises(outcome, match="no browser found"):
        start_chromium(Path("/nowhere"), ("no-such-browser", "chromedriver"))
    assert of_the_wheel("no_such_package") is None


def test_a_program_without_a_part(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A program that lacks a part which the tests need counts as missing, and the reason names the part."""
    (tmp_path / "ejabberd-1").mkdir()
    erl = tmp_path / "erl"
    erl.write_text("#!/bin/sh\nexit 1\n")
    erl.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    monkeypatch.setenv("CI", "")
    with pytest.raises(pytest.skip.Exception, match="without the Erlang module oauth2"):
        start_ejabberd(str(tmp_path))


def test_programs_in_a_home(tmp_path: Path) -> None:
    """Programs that an unprivileged user cannot run are copied, with their libraries."""
    home, folder = tmp_path / "home", tmp_path / "folder"
    for path in (home / "install" / "bin", folder):
        path.mkdir(parents=True)
    tmp_path.chmod(0o755)
    for parent in takewhile(lambda parent: parent != Path(tempfile.gettempdir()), tmp_path.parents):
        parent.chmod(parent.stat().st_mode | 0o111)
    (home.with_name("home.libs")).mkdir()
    (home.with_name("home.libs") / "libpq.so").touch()
    program = home / "install" / "bin" / "initdb"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    assert runnable(program.parent, folder) == program.parent
    home.chmod(0o700)
    assert can_run(program) is (os.getuid() != 0)
    copied = runnable(program.parent, folder)
    assert can_run(copied / "initdb")
    assert os.getuid() != 0 or (copied / "../../../home.libs/libpq.so").exists()
