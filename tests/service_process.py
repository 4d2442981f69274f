"""The command in its own process."""

import json
import os
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import redirect_stderr, redirect_stdout
from io import StringIO
from pathlib import Path
from threading import Timer
from typing import Any, TextIO

from service.__main__ import main
from tests.client import PATIENCE

COMMAND = [sys.executable, "-m", "service"]
ENVIRONMENT = {name: value for name, value in os.environ.items() if not name.startswith("AJAX_CONTACTS_")}


class Service:
    """The command on a free port; its ``log`` goes to a pipe by default, which has to be read if the log is long.

    ``shell`` is a script that runs its arguments, which are the command; ``more`` are arguments of ``Popen``.
    """

    def __init__(
        self,
        *arguments: str,
        log: int = subprocess.PIPE,
        shell: str = 'exec "$@"',
        environment: dict[str, str] | None = None,
        **more: Any,
    ) -> None:
        # Without a watch on stalls: a busy machine can make any process late.
        flags = ["--listen", "tcp:0:interface=127.0.0.1", "--pages", "fake:", "--stalls", "0", *arguments]
        self.process = subprocess.Popen(
            ["bash", "-c", shell, "bash", *COMMAND, *flags],
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
            env=ENVIRONMENT | (environment or {}),
            **more,
        )
        assert self.process.stdout is not None
        self.greeting = self.process.stdout.readline()
        match = re.search(r"https?://127\.0\.0\.1:\d+/", self.greeting)
        assert match, self.greeting
        self.url = match[0]
        self.folder = Path(
            self.process.stdout.readline().rstrip().removeprefix("ajax-contacts is waiting for files in ")
        )

    def read_log_until(self, words: str) -> None:
        """Read the log up to a line that contains ``words``; kill the service if none appears in time."""
        assert self.process.stderr is not None
        watchdog = Timer(PATIENCE, self.process.kill)
        watchdog.start()
        try:
            assert any(words in line for line in self.process.stderr), f"never logged: {words}"
        finally:
            watchdog.cancel()

    def stop(self) -> tuple[int, list[dict[str, Any]]]:
        """Wait for the process to end, and return its exit code and log."""
        _, stderr = self.process.communicate(timeout=30)
        return self.process.returncode, [json.loads(line) for line in (stderr or "").splitlines()]


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a command that ends by itself."""
    return subprocess.run(
        [*COMMAND, *arguments], capture_output=True, text=True, env=ENVIRONMENT | environment, timeout=30, check=False
    )


def run_in_process(
    *arguments: object, stderr: TextIO | None = None, environment: dict[str, str] | None = None, **more: str
) -> tuple[int, str, str]:
    """Run a command that ends by itself, in a thread of this process.

    :return: the exit code, and what it wrote to standard output and to standard error.
    """
    out, err = StringIO(), StringIO()
    former = os.environ.copy()
    os.environ.update(more, **(environment or {}))
    try:
        with (
            redirect_stdout(out),
            redirect_stderr(err if stderr is None else stderr),
            ThreadPoolExecutor(1) as executor,
        ):
            code = executor.submit(main, list(map(str, arguments))).result(PATIENCE)
    finally:
        os.environ.clear()
        os.environ.update(former)
    return code, out.getvalue(), err.getvalue()
