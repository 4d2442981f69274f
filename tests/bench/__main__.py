"""Benchmarks: ``python -m tests.bench``, with the names of those to run, writes tables and charts."""

import os
import platform
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from tests.bench.chart import draw
from tests.bench.counters import lost_updates
from tests.bench.databases import USER_INFO, all_databases
from tests.bench.instructions import thousand_instructions
from tests.bench.load import Cost, children_of, press, running
from tests.bench.peers import measured, median_of, table
from tests.bench.servers import AIOHTTP, COUNTED, ON_A_SOCKET, WAITING, script, this_service

RESULTS = Path(__file__).parent / "results"
ROUNDS = 5
SECONDS = 3  #: The latency of a backend that is waited for, in seconds.
SLOW = {"BENCH_WAIT": "0.1"}
WAITING_HEAD = "| clients | | requests/s | requests a CPU second | KiB a waiting request | p99, ms | errors |"


def peers(options: Namespace) -> None:
    """Measure the cost of a request that is answered immediately: without an access log, then with one for all."""
    for name, log in (("peers", False), ("logging", True)):
        found = measured(options.python, options.warm_up, options.only, log=log)
        write(name, table(found, log=log))
        draw(name, "CPU a request, µs", {each: peer.cpu for each, peer in found.items()}, RESULTS)


def instructions() -> None:
    """Count the instructions of a request that is answered immediately."""
    counted = {}
    for name, command in COUNTED.items():
        counted[name] = thousand_instructions(command)
        print(f"{name}: {counted[name]:.0f}", file=sys.stderr)
    lines = [
        "| | thousand instructions a request | ratio |",
        "|---|---|---|",
        *(
            f"| {name} | {thousand:.0f} | {thousand / counted[AIOHTTP]:.2f} |"
            for name, thousand in sorted(counted.items(), key=lambda item: item[1])
        ),
    ]
    write("instructions", lines)


def waiting() -> None:
    """Measure the cost of many requests that wait for a backend that takes 100 ms: a timer, and then a socket."""
    lines = [WAITING_HEAD, "|---|---|---|---|---|---|---|"]
    chart: dict[str, float] = {}
    for clients in (100, 1000, 5000):
        for name, make in WAITING.items():
            with running(make(clients), environment=SLOW) as (pid, port):
                rate, row = wait(pid, port, clients, name)
            lines.append(row)
            if clients == 1000:
                chart[name] = rate
    write("waiting", [*lines, "", *lost_updates()])
    draw("waiting", "requests a CPU second, 1,000 clients, 100 ms each", chart, RESULTS)
    wait_on_a_socket()


def wait_on_a_socket() -> None:
    """Measure the same with a backend behind a socket: a line server, on the core of the clients."""
    lines = [WAITING_HEAD, "|---|---|---|---|---|---|---|"]
    with running(script("line_server"), cores="1", environment=SLOW, answers=False) as (_, backend):
        for clients in (1000, 5000):
            for name, command in ON_A_SOCKET.items():
                with running(command, environment={"BENCH_LINES": str(backend)}) as (pid, port):
                    lines.append(wait(pid, port, clients, name)[1])
    write("sockets", lines)


def wait(pid: int, port: int, clients: int, name: str) -> tuple[float, str]:
    """Measure a server while its clients wait; return the requests a CPU second, and a row for the table."""
    idle = press(pid, port, 1, 1).memory
    cost = press(pid, port, clients, 8)
    each, rate = (cost.memory - idle) * 1024 / clients, 1e6 / cost.cpu
    row = f"| {clients} | {name} | {cost.rate:.0f} | {rate:.0f} | {each:.0f} | {cost.p99:.0f} | {cost.errors:.0f} |"
    print(row, file=sys.stderr)
    return rate, row


def processes() -> None:
    """Measure the cost of a request in one process and in two, and how two share the work."""
    lines = ["| processes | CPU, µs a request | requests/s | share of each |", "|---|---|---|---|"]
    for count in (1, 2) * 3:
        with running(this_service("--processes", str(count)), cores="0") as (pid, port):
            cost = press(pid, port, 64, SECONDS)
            spent = children_of(pid)
        shares = ", ".join(f"{cpu / sum(spent):.0%}" for cpu in spent) if spent else "100%"
        lines.append(f"| {count} | {cost.cpu:.0f} | {cost.rate:.0f} | {shares} |")
    write("processes", lines)


def databases() -> None:
    """Measure how many users per second the service looks up in each database."""
    lines = ["| database | look-ups/s | CPU of the service, µs | p50, ms | p99, ms |", "|---|---|---|---|---|"]
    with all_databases() as urls:
        costs: dict[str, list[Cost]] = {name: [] for name in urls}
        for _ in range(ROUNDS):
            for name, url in urls.items():
                with running(this_service("--database", url)) as (pid, port):
                    press(pid, port, 64, 1, USER_INFO)
                    costs[name].append(press(pid, port, 64, SECONDS, USER_INFO))
    for name, rounds in costs.items():
        cost = median_of(rounds)
        lines.append(f"| {name} | {cost.rate:.0f} | {cost.cpu:.0f} | {cost.p50:.1f} | {cost.p99:.1f} |")
    write("databases", [*lines, "", f"Errors: {sum(cost.errors for rounds in costs.values() for cost in rounds)}."])


def xray() -> None:
    """Measure the cost of a request with X-ray on and off."""
    costs: dict[str, list[Cost]] = {"off": [], "on": []}
    for _ in range(ROUNDS):
        for flag, rounds in costs.items():
            with running(this_service("--xray", flag)) as (pid, port):
                press(pid, port, 64, 1)
                rounds.append(press(pid, port, 64, SECONDS))
    medians = {flag: median_of(rounds) for flag, rounds in costs.items()}
    lines = ["| X-ray | CPU, µs a request | ratio | requests/s | RSS, MiB |", "|---|---|---|---|---|"]
    for flag, cost in medians.items():
        ratio = cost.cpu / medians["off"].cpu
        lines.append(f"| {flag} | {cost.cpu:.0f} | {ratio:.2f} | {cost.rate:.0f} | {cost.memory:.0f} |")
    write("xray", lines)


def write(name: str, lines: list[str]) -> None:
    """Print a table, and save it."""
    machine = f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}"
    text = "\n".join([f"{datetime.now(UTC):%Y-%m-%d}, {machine}:", "", *lines, ""])
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / f"{name}.md").write_text(text)
    print(text)


BENCHMARKS: dict[str, Callable[[], None]] = {
    "instructions": instructions,
    "waiting": waiting,
    "processes": processes,
    "databases": databases,
    "xray": xray,
}


def read_options() -> Namespace:
    """Read the command line."""
    parser = ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("names", nargs="*", help=f"peers, {', '.join(BENCHMARKS)}; all of them by default")
    parser.add_argument("--python", help="of peers: measure this service on that interpreter, too")
    parser.add_argument("--warm-up", type=float, default=1, help="of peers: seconds of load before the first round")
    parser.add_argument("--only", action="append", default=[], help="of peers: servers whose names begin so")
    return parser.parse_args()


if __name__ == "__main__":
    options = read_options()
    for chosen in options.names or ["peers", *BENCHMARKS]:
        if chosen == "peers":
            peers(options)
        else:
            BENCHMARKS[chosen]()
