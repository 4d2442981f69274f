"""Helpers for programs that tests need, which cannot always run as root."""

import os
import pwd
import signal
import socket
import subprocess
import tempfile
from contextlib import suppress
from pathlib import Path
from threading import Event, Thread
from typing import IO, Any, NoReturn

import pytest

#: Seconds for a program to start.
PATIENCE = 60


def skip(reason: str) -> NoReturn:
    """Skip a test whose program is not installed; in CI, fail it."""
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


def can_run(program: Path) -> bool:
    """Return whether an unprivileged user can run a program."""
    try:
        tried = subprocess.run([program, "--version"], capture_output=True, check=False, **unprivileged())
    except PermissionError:
        return False
    return tried.returncode == 0


def free_port() -> int:
    """Find a free local port."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])


def unprivileged() -> dict[str, Any]:
    """Return the arguments of ``subprocess`` that drop root's privileges, since some programs refuse to run as root."""
    return {"user": "nobody", "group": pwd.getpwnam("nobody").pw_gid, "extra_groups": []} if os.getuid() == 0 else {}


def make_folder() -> Path:
    """Make a temporary folder that an ``unprivileged`` program can use."""
    folder = Path(tempfile.mkdtemp(prefix="ajax-contacts-server-"))
    user = pwd.getpwnam("nobody")
    os.chown(folder, *((user.pw_uid, user.pw_gid) if unprivileged() else (-1, -1)))
    return folder


def run(*command: str | Path, **options: Any) -> str:
    """Run a program and return its output; fail the test if the program fails."""
    ended: subprocess.CompletedProcess[str] = subprocess.run(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False, timeout=60, **options
    )
    assert ended.returncode == 0, ended.stdout
    return ended.stdout


def signal_family(pid: int, number: signal.Signals) -> None:
    """Send a signal to a process and its children, some of which may have ended already."""
    os.kill(pid, number)
    for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
        with suppress(ProcessLookupError):
            os.kill(int(child), number)


def wait_until_logged(process: "subprocess.Popen[str]", words: str) -> None:
    """Wait until a program has written a line that contains ``words``; its output is read to the end all the same."""
    logged = Event()

    def read_log(log: IO[str]) -> None:
        with log:
            for line in log:
                if words in line:
                    logged.set()

    assert process.stdout is not None
    Thread(target=read_log, args=(process.stdout,), daemon=True).start()
    assert logged.wait(PATIENCE), f"{process.args!r} did not start in time"
