"""A server in its own process, load on it from another core, and the cost of that load."""

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from random import randrange
from socket import create_connection
from types import MappingProxyType
from typing import ClassVar
from urllib.request import urlopen

from attrs import define

from tests.bench.servers import Command

PATH = "/contacts?username=dustin"
TICK = os.sysconf("SC_CLK_TCK")
_UNITS = {"us": 0.001, "ms": 1.0, "s": 1000.0, "m": 60_000.0}


@define
class Cost:
    """Requests, CPU microseconds for each, requests per second, latencies in milliseconds, memory in MiB."""

    FIGURES: ClassVar = ("requests", "cpu", "rate", "p50", "p99", "memory", "errors")
    requests: float
    cpu: float
    rate: float
    p50: float
    p99: float
    memory: float
    errors: float


def tree_of(pid: int) -> list[int]:
    """List a process and its descendants."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [pid, *(grandchild for child in children for grandchild in tree_of(int(child)))]


def cpu_of(pid: int) -> float:
    """Sum the CPU seconds that a process and its descendants have used."""
    total = 0
    for process in tree_of(pid):
        fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
        total += int(fields[11]) + int(fields[12])
    return total / TICK


def children_of(pid: int) -> list[float]:
    """List the CPU seconds that each descendant of a process has used."""
    return [cpu_of(child) for child in tree_of(pid)[1:]]


def memory_of(pid: int) -> float:
    """Sum the resident memory of a process and its descendants, in MiB."""
    pages = sum(int(Path(f"/proc/{process}/statm").read_text().split()[1]) for process in tree_of(pid))
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


@contextmanager
def running(
    command: Command,
    *,
    cores: str = "0",
    environment: Mapping[str, str] = MappingProxyType({}),
    log: int = subprocess.DEVNULL,
    answers: bool = True,
) -> Iterator[tuple[int, int]]:
    """Run a server pinned to cores, and yield its pid and port once it ``answers`` HTTP, or listens.

    Its output goes to the descriptor ``log``.
    """
    port = randrange(20_000, 30_000)
    process = subprocess.Popen(
        ["taskset", "-c", cores, *command(port)],
        env=os.environ | dict(environment),
        stdout=log,
        stderr=log,
        start_new_session=True,
    )
    try:
        for _ in range(1200):
            try:
                if answers:
                    urlopen(f"http://127.0.0.1:{port}{PATH}", timeout=30).close()
                else:
                    create_connection(("127.0.0.1", port)).close()
                break
            except OSError:
                time.sleep(0.05)
        else:
            raise RuntimeError(f"{command(port)} did not start")
        yield process.pid, port
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def press(pid: int, port: int, connections: int, seconds: float, path: str = PATH) -> Cost:
    """Load a server with wrk, and return the cost."""
    wrk = shutil.which("wrk") or sys.exit("this needs wrk: apt-get install wrk")
    before = cpu_of(pid)
    flags = ["-t1", f"-c{connections}", f"-d{seconds}", "--latency", "--timeout", "30"]
    loading = subprocess.Popen(
        ["taskset", "-c", "1", wrk, *flags, f"http://127.0.0.1:{port}{path}"], stdout=subprocess.PIPE, text=True
    )
    time.sleep(seconds * 0.7)
    memory = memory_of(pid)
    said, _ = loading.communicate()
    spent = cpu_of(pid) - before
    requests = int(_find(r"(\d+) requests in", said))
    refused = re.search(r"Non-2xx or 3xx responses: (\d+)", said)
    failed = re.search(r"Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)", said)
    return Cost(
        requests=requests,
        cpu=spent / max(1, requests) * 1e6,
        rate=float(_find(r"Requests/sec: +([\d.]+)", said)),
        p50=_milliseconds(_find(r"50% +(\S+)", said)),
        p99=_milliseconds(_find(r"99% +(\S+)", said)),
        memory=memory,
        errors=sum(map(int, failed.groups() if failed else ())) + int(refused[1] if refused else 0),
    )


def _find(pattern: str, text: str) -> str:
    found = re.search(pattern, text)
    assert found is not None, text
    return found[1]


def _milliseconds(text: str) -> float:
    number = _find(r"([\d.]+)", text)
    return float(number) * _UNITS[text.removeprefix(number)]
