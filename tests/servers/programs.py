"""Programs that a test needs: found, run as somebody who may, stopped, frozen."""

import os
import pwd
import signal
import socket
import subprocess
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Any, NoReturn

import pytest


def skip(reason: str) -> NoReturn:
    """Skip a test whose program is missing; where everything is said to be installed, that is a failure."""
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


def can_run(program: Path) -> bool:
    """Say whether a program can be run by who is unprivileged."""
    try:
        tried = subprocess.run([program, "--version"], capture_output=True, check=False, **unprivileged())
    except PermissionError:
        return False
    return tried.returncode == 0


def free_port() -> int:
    """Find a port of this machine that nobody listens at."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])


def unprivileged() -> dict[str, Any]:
    """Give the arguments of ``subprocess`` by which root runs what refuses to be run by root; nobody else needs any."""
    return {"user": "nobody", "group": pwd.getpwnam("nobody").pw_gid, "extra_groups": []} if os.getuid() == 0 else {}


def make_folder() -> Path:
    """Make a temporary folder for a program that is ``unprivileged``, where it can be reached."""
    folder = Path(tempfile.mkdtemp(prefix="ajax-contacts-server-"))
    user = pwd.getpwnam("nobody")
    os.chown(folder, *((user.pw_uid, user.pw_gid) if unprivileged() else (-1, -1)))
    return folder


def run(*command: str | Path, **options: Any) -> str:
    """Run a program to its end, and return what it says; unless it fails, which fails the test."""
    ended: subprocess.CompletedProcess[str] = subprocess.run(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False, timeout=60, **options
    )
    assert ended.returncode == 0, ended.stdout
    return ended.stdout


def signal_family(pid: int, number: signal.Signals) -> None:
    """Send a signal to a process, and to those that it has started; some of these may have ended meanwhile."""
    os.kill(pid, number)
    for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
        with suppress(ProcessLookupError):
            os.kill(int(child), number)
