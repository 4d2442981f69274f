"""Benchmarks: ``python -m tests.bench``, with the names of those to run, writes tables and charts."""

import os
import platform
import statistics
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from tests.bench.chart import draw
from tests.bench.counters import lost_updates
from tests.bench.databases import USER_INFO, all_databases
from tests.bench.instructions import thousand_instructions
from tests.bench.load import Cost, children_of, press, running
from tests.bench.servers import AIOHTTP, COUNTED, KLEIN, PEERS, US, WAITING, this_service

RESULTS = Path(__file__).parent / "results"
ROUNDS = 5
SECONDS = 3


def peers() -> None:
    """Measure the cost of a request that is answered immediately."""
    costs: dict[str, list[Cost]] = {name: [] for name in PEERS}
    for number in range(ROUNDS):
        for name, command in PEERS.items():
            with running(command) as (pid, port):
                press(pid, port, 64, 1)
                costs[name].append(press(pid, port, 64, SECONDS))
            print(f"round {number + 1}: {name}: {costs[name][-1].cpu:.0f} us", file=sys.stderr)
    medians = {name: median_of(rounds) for name, rounds in costs.items()}
    ours = medians[US]
    lines = [
        "| | CPU, µs a request | ratio | requests/s | p50, ms | p99, ms | RSS, MiB |",
        "|---|---|---|---|---|---|---|",
        *(
            f"| {name} | {cost.cpu:.0f} | {cost.cpu / ours.cpu:.2f} | {cost.rate:.0f} | {cost.p50:.1f} "
            f"| {cost.p99:.1f} | {cost.memory:.0f} |"
            for name, cost in sorted(medians.items(), key=lambda item: item[1].cpu)
        ),
    ]
    write("peers", [*lines, "", f"Errors: {sum(cost.errors for rounds in costs.values() for cost in rounds)}."])
    draw("peers", "CPU a request, µs", {name: cost.cpu for name, cost in medians.items()}, RESULTS)
    print(f"ratio to plain Klein: {ours.cpu / medians[KLEIN].cpu:.2f}")


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
    """Measure the cost of many requests that wait for a backend that takes 100 ms."""
    lines = [
        "| clients | | requests/s | requests a CPU second | KiB a waiting request | p99, ms | errors |",
        "|---|---|---|---|---|---|---|",
    ]
    chart: dict[str, float] = {}
    for clients in (100, 1000, 5000):
        for name, make in WAITING.items():
            with running(make(clients), wait=0.1) as (pid, port):
                idle = press(pid, port, 1, 1).memory
                cost = press(pid, port, clients, 8)
            each = (cost.memory - idle) * 1024 / clients
            lines.append(
                f"| {clients} | {name} | {cost.rate:.0f} | {1e6 / cost.cpu:.0f} | {each:.0f} | {cost.p99:.0f} "
                f"| {cost.errors} |"
            )
            print(lines[-1], file=sys.stderr)
            if clients == 1000:
                chart[name] = 1e6 / cost.cpu
    write("waiting", [*lines, "", *lost_updates()])
    draw("waiting", "requests a CPU second, 1,000 clients, 100 ms each", chart, RESULTS)


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


def median_of(rounds: list[Cost]) -> Cost:
    """Compute the median of each figure."""
    figures = {name: statistics.median(getattr(cost, name) for cost in rounds) for name in Cost.__slots__[:6]}
    return Cost(**figures)


def write(name: str, lines: list[str]) -> None:
    """Print a table, and save it."""
    machine = f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}"
    text = "\n".join([f"{datetime.now(UTC):%Y-%m-%d}, {machine}:", "", *lines, ""])
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / f"{name}.md").write_text(text)
    print(text)


BENCHMARKS: dict[str, Callable[[], None]] = {
    "instructions": instructions,
    "peers": peers,
    "waiting": waiting,
    "processes": processes,
    "databases": databases,
    "xray": xray,
}

if __name__ == "__main__":
    for chosen in sys.argv[1:] or BENCHMARKS:
        BENCHMARKS[chosen]()
