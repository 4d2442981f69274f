"""The command in a process of its own."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

COMMAND = [sys.executable, "-m", "service"]
ENVIRONMENT = {name: value for name, value in os.environ.items() if not name.startswith("AJAX_CONTACTS_")}


class Service:
    """The command, running on a free port; ``log`` is where its log goes, which somebody has to read if it is long."""

    def __init__(self, *arguments: str, start_new_session: bool = False, log: int = subprocess.PIPE) -> None:
        flags = ["--listen", "tcp:0:interface=127.0.0.1", "--pages", "fake:", *arguments]
        self.process = subprocess.Popen(
            [*COMMAND, *flags],
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
            env=ENVIRONMENT,
            start_new_session=start_new_session,
        )
        assert self.process.stdout is not None
        self.greeting = self.process.stdout.readline()
        match = re.search(r"http://127\.0\.0\.1:\d+/", self.greeting)
        assert match, self.greeting
        self.url = match[0]
        self.folder = Path(
            self.process.stdout.readline().rstrip().removeprefix("ajax-contacts is waiting for files in ")
        )

    def read_log_until(self, words: str) -> None:
        """Wait until the service has logged something."""
        assert self.process.stderr is not None
        while words not in self.process.stderr.readline():
            pass

    def stop(self) -> tuple[int, list[dict[str, Any]]]:
        """Wait for the end: the exit code, and the log."""
        _, stderr = self.process.communicate(timeout=30)
        return self.process.returncode, [json.loads(line) for line in (stderr or "").splitlines()]
