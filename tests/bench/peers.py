"""The cost of a request that is answered immediately, in this service and in others, with and without an access log."""

import statistics
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from attrs import define, field

from tests.bench.load import Cost, press, running
from tests.bench.servers import KLEIN, LOGGING, PEERS, US, Command, this_service, us_on

ROUNDS = 5
SECONDS = 3
CLIENTS = 64
#: Seconds in which the last lines are written.
SETTLE = 0.5


@define
class Peer:
    """A running server, what its rounds cost, and the lines that it logged for each request."""

    pid: int
    port: int
    log: Path
    costs: list[Cost] = field(factory=list)
    lines: list[float] = field(factory=list)

    def measure(self) -> None:
        """Measure one round."""
        before = self.log.read_bytes().count(b"\n")
        self.costs.append(press(self.pid, self.port, CLIENTS, SECONDS))
        time.sleep(SETTLE)
        self.lines.append((self.log.read_bytes().count(b"\n") - before) / self.costs[-1].requests)
        self.log.write_bytes(b"")

    @property
    def cpu(self) -> float:
        """CPU microseconds a request: the median of its rounds."""
        return statistics.median(cost.cpu for cost in self.costs)

    @property
    def spread(self) -> str:
        """The least and the most that a round has cost."""
        rounds = [cost.cpu for cost in self.costs]
        return f"{min(rounds):.0f} to {max(rounds):.0f}"


@contextmanager
def started(commands: Mapping[str, Command], warm_up: float) -> Iterator[dict[str, Peer]]:
    """Run servers, and warm each of them up for some seconds."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory()))
        peers = {}
        for number, (name, command) in enumerate(commands.items()):
            log = folder / str(number)
            descriptor = stack.enter_context(log.open("ab"))
            pid, port = stack.enter_context(running(command, log=descriptor.fileno()))
            peers[name] = Peer(pid, port, log)
        for name, peer in peers.items():
            for _ in range(max(1, int(warm_up / 10))):  # so that no log gets too long
                press(peer.pid, peer.port, CLIENTS, min(warm_up, 10))
                peer.log.write_bytes(b"")
            print(f"{name} is warm", file=sys.stderr)
        yield peers


def measured(python: str | None, warm_up: float, only: list[str], *, log: bool) -> dict[str, Peer]:
    """Measure servers in interleaved rounds; this service runs on ``python``, too, if that is given."""
    commands = dict(LOGGING if log else PEERS)
    if python is not None:
        commands[us_on(python)] = this_service(python=python, log=log)
    if only:
        commands = {name: command for name, command in commands.items() if any(map(name.startswith, only))}
    with started(commands, warm_up) as peers:
        for number in range(ROUNDS):
            for name, peer in peers.items():
                peer.measure()
                print(f"round {number + 1}: {name}: {peer.costs[-1].cpu:.0f} us", file=sys.stderr)
    return peers


def table(peers: Mapping[str, Peer], *, log: bool) -> list[str]:
    """Make a table of medians, and the least and the most that a round has cost."""
    best = min(peer.cpu for name, peer in peers.items() if not name.startswith(US))
    lines = [
        "| | CPU, µs a request | spread | to the best of the others | requests/s | p50, ms | p99, ms | RSS, MiB |"
        + (" lines a request |" if log else ""),
        "|---|---|---|---|---|---|---|---|" + ("---|" if log else ""),
    ]
    for name, peer in sorted(peers.items(), key=lambda item: item[1].cpu):
        cost = median_of(peer.costs)
        lines.append(
            f"| {name} | {peer.cpu:.0f} | {peer.spread} | {peer.cpu / best:.2f} | {cost.rate:.0f} "
            f"| {cost.p50:.1f} | {cost.p99:.1f} | {cost.memory:.0f} |"
            + (f" {statistics.median(peer.lines):.3f} |" if log else "")
        )
    errors = sum(cost.errors for peer in peers.values() for cost in peer.costs)
    if KLEIN in peers:
        ours = min(peer.cpu for name, peer in peers.items() if name.startswith(US))
        lines += ["", f"To plain Klein, this service's best: {ours / peers[KLEIN].cpu:.2f}."]
    return [*lines, "", f"Errors: {errors}."]


def median_of(rounds: list[Cost]) -> Cost:
    """Compute the median of each figure."""
    figures = {name: statistics.median(getattr(cost, name) for cost in rounds) for name in Cost.FIGURES}
    return Cost(**figures)
