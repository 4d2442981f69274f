"""The command as others start it: a service manager, a user with another locale, somebody who mistypes the address."""

import json
import shutil
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote
from urllib.request import urlopen

import pytest

from tests.client import PATIENCE
from tests.service_process import Service, run

ROOT = Path(__file__).parents[2]
#: What a shell does to run a command as systemd does, with the socket of a socket unit.
SYSTEMD = 'LISTEN_PID=$$ LISTEN_FDS=1 LISTEN_FDNAMES=web exec "$@" 3<&{}'


def ask(url: str) -> Any:
    """Return the body of a response."""
    with urlopen(url, timeout=PATIENCE) as response:
        return json.load(response)


@contextmanager
def running(service: Service) -> Iterator[Service]:
    """Stop the service in the end, which must go well."""
    yield service
    service.process.terminate()
    code, log = service.stop()
    assert code == 0
    assert [line for line in log if line["level"] in ("error", "critical")] == []


def test_a_socket_of_systemd() -> None:
    """The service serves in several processes on a socket that systemd has opened."""
    with socket.create_server(("127.0.0.1", 0)) as opened:
        listen = "systemd:domain=INET:name=web"
        descriptor = opened.fileno()
        service = Service(
            *("--listen", listen, "--processes", "2"),
            shell=SYSTEMD.format(descriptor),
            pass_fds=[descriptor],
        )
        with running(service):
            assert service.url == f"http://127.0.0.1:{opened.getsockname()[1]}/"
            for _ in range(5):
                assert ask(f"{service.url}livez") == {"status": "ok"}


def test_a_service_manager(tmp_path: Path) -> None:
    """A service manager hears once that the service is ready, regularly that it is alive, and that it stops."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(str(tmp_path / "notify"))
        manager.settimeout(PATIENCE)
        heard: list[str] = []

        def listen_for(state: str) -> None:
            while state not in heard[-1:]:
                assert len(heard) < 100
                heard.append(manager.recv(100).decode())

        told = {"NOTIFY_SOCKET": str(tmp_path / "notify"), "WATCHDOG_USEC": "800000"}
        with running(Service(environment=told)) as service:
            listen_for("READY=1")
            listen_for("WATCHDOG=1")
            assert ask(f"{service.url}livez") == {"status": "ok"}
        listen_for("STOPPING=1")
    assert heard.count("READY=1") == 1


def test_the_c_locale(tmp_path: Path) -> None:
    """Names in the watched folder are bytes, whatever letters the locale of the service knows."""
    folder = tmp_path / "zoë"
    folder.mkdir()
    (folder / "zoë Δ.csv").touch()
    c_locale = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    with running(Service("--watch", str(folder), environment=c_locale)) as service:
        name = quote("zoë Δ.csv")
        assert ask(f"{service.url}wait-for-file?filename={name}")["arrived"] is True
        assert ask(f"{service.url}user-name?username={quote('zoë')}") == {"name": "Zoë Δ"}


def wait_for_parser(service: Service) -> None:
    """Wait until a service has imported the HTML parser, as it does last after a start."""
    maps = Path(f"/proc/{service.process.pid}/maps")
    deadline = time.monotonic() + PATIENCE
    while "turbohtml" not in maps.read_text():
        assert ask(f"{service.url}livez") == {"status": "ok"}
        assert time.monotonic() < deadline


def test_files_that_are_replaced(tmp_path: Path) -> None:
    """A running service needs none of its files: another installation may just be replacing them."""
    for package in ("service", "fakes"):
        shutil.copytree(ROOT / package, tmp_path / package)
    without_coverage = 'unset COVERAGE_PROCESS_START COVERAGE_PROCESS_CONFIG; exec "$@"'  # of files that go
    with running(Service("--pages", "http:", shell=without_coverage, cwd=tmp_path)) as service:
        wait_for_parser(service)
        for package in ("service", "fakes"):
            shutil.rmtree(tmp_path / package)
        for path in (
            "",
            "console/main.js",
            "lessons",
            "lessons/contacts",
            "lessons/course",
            "lessons/contacts/product/grid?username=dustin",
            "lessons/forgotten-return",
            "lessons/tables/methods/1",
            "contacts?username=dustin",
            "readyz",
            "xray",
        ):
            with urlopen(service.url + path, timeout=PATIENCE) as response:
                assert response.status == 200


@pytest.mark.parametrize(
    ("listen", "processes", "problem"),
    [
        ("tcp:99999", "1", "port must be 0-65535"),
        ("tcp:99999", "2", "port must be 0-65535"),
        ("unix:/nonexistent/x", "1", "No such file or directory"),
    ],
)
def test_an_address_that_cannot_be(listen: str, processes: str, problem: str) -> None:
    """An address at which nothing can listen is reported in one line, with exit code 1."""
    ran = run("--listen", listen, "--processes", processes, "--log-format", "text")
    assert ran.returncode == 1
    [line] = [line for line in ran.stderr.splitlines() if line.startswith("ajax-contacts: ")]
    assert line.startswith(f"ajax-contacts: cannot listen on {listen}: {problem}")
    assert "Traceback" not in ran.stderr
