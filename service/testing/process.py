"""The service in a process of its own, for clients of any kind and language: requests, httpx, browsers."""

import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from threading import Timer
from typing import IO, Any, Self
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import ProxyHandler, Request, build_opener

from attrs import define, field

from service.testing.in_process import NOT_MANUAL
from service.testing.options import arguments_for, people_of
from service.testing.values import Advanced, Asked, Person, known_faults

#: Seconds for the process to start, and to respond.
PATIENCE = 30.0
_URL = re.compile(r"is serving on (http\S+)")
#: Where the service is, whatever the proxies of the environment.
_open = build_opener(ProxyHandler({})).open


@define(eq=False, kw_only=True)
class AjaxContactsProcess:
    """A service on fakes at ``url``, as ``AjaxContacts`` is one, in a process of its own; its methods wait."""

    url: str
    people: Mapping[str, Person]
    faults: Mapping[str, str] = field(factory=known_faults)
    _process: subprocess.Popen[str]
    _log: IO[str]
    _resources: ExitStack

    @classmethod
    def start(cls, **options: Any) -> Self:
        """Start a service that listens on a free port of the loopback interface.

        :param options: as of ``AjaxContacts.start``.
        :raise TypeError: if an option is unknown.
        :raise RuntimeError: if the service does not start; the text says why.
        """
        environment = {name: value for name, value in os.environ.items() if not name.startswith("AJAX_CONTACTS_")}
        with ExitStack() as resources:
            folder = resources.enter_context(tempfile.TemporaryDirectory(prefix="ajax-contacts-"))
            log = resources.enter_context(tempfile.TemporaryFile("w+"))
            process = subprocess.Popen(  # noqa: S603  the interpreter that runs this
                [sys.executable, "-P", "-m", "service", *arguments_for(options, Path(folder))],
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                env=environment,
            )
            found = _URL.search(first_line_of(process))
            started = cls(
                url=found[1] if found else "",
                people=people_of(options),
                process=process,
                log=log,
                resources=resources.pop_all(),
            )
        if found is None:
            raise RuntimeError(f"ajax_contacts_process does not start: {started.stop()}")
        return started

    def __str__(self) -> str:
        """Return the URL, so that it can be put in front of a path."""
        return self.url

    def advance(self, seconds: float, in_flight: int | None = None) -> Advanced:
        """Advance the clock of the service, once so many requests are in flight; return what happened meanwhile.

        Without a number, it waits at most 0.2 seconds for one, because what a test has sent may not have arrived yet.

        :raise TypeError: if the clock is not manual.
        :raise TimeoutError: if so many requests do not arrive within 5 seconds.
        """
        query = urlencode({"seconds": seconds} | ({} if in_flight is None else {"in_flight": in_flight}))
        try:
            return Advanced(**self._ask("POST", f"clock/advance?{query}"))
        except HTTPError as error:
            problem = json.load(error)
            if problem["code"] == "not_found":
                raise TypeError(NOT_MANUAL) from None
            raise (TimeoutError if problem["code"] == "timeout" else ValueError)(problem["error"]) from None

    def requests(self) -> list[Asked]:
        """Return the last 1,000 requests, in the order in which they have arrived."""
        return [Asked(**entry) for entry in self._ask("GET", "requests")["requests"]]

    def forget(self) -> None:
        """Forget the requests until now, and the calls that ``~fail`` has counted."""
        self._ask("DELETE", "requests")

    def stop(self) -> str:
        """Stop the service, and return its log."""
        self._process.kill()  # a graceful shutdown would wait for clients that keep their connections
        self._process.communicate()
        with self._resources:
            self._log.seek(0)
            return self._log.read()

    def _ask(self, method: str, path: str) -> Any:
        request = Request(self.url + path, method=method)  # noqa: S310  the service is at http://127.0.0.1
        with _open(request, timeout=PATIENCE) as response:
            return json.load(response)


def first_line_of(process: subprocess.Popen[str]) -> str:
    """Return the first line that a process prints; empty if it ends before, or does not do so in time."""
    assert process.stdout is not None
    watchdog = Timer(PATIENCE, process.kill)
    watchdog.start()
    try:
        return process.stdout.readline()
    finally:
        watchdog.cancel()
