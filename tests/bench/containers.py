"""What clients see while containers restart or fail: ``python -m tests.bench.containers rolling|kill|pause|database``.

The containers of ``docker/compose.yaml`` must be running. 200 requests a second go through the proxy, each on a new
connection, half of them to the database and half to the IM service.
"""

import asyncio
import sys
import time
from collections import Counter
from collections.abc import Callable, Coroutine

from attrs import define, field

from tests.bench.service import percentile

RATE = 200
PATHS = ("/contacts?username=dustin", "/user-info?username=dustin")
COMPOSE = ("docker", "compose", "-f", "docker/compose.yaml")
#: Seconds that a client waits for a response.
PATIENCE = 30


@define
class Clients:
    """Clients and their results: statuses (0 for no response), latencies in seconds, and times of failures."""

    statuses: Counter[int] = field(factory=Counter)
    latencies: list[float] = field(factory=list)
    failures: list[float] = field(factory=list)

    async def ask(self, number: int) -> None:
        """Send request ``number`` when it is due."""
        await asyncio.sleep(number / RATE)
        begun = time.perf_counter()
        try:
            status = await asyncio.wait_for(fetch(PATHS[number % 2]), PATIENCE)
        except (OSError, TimeoutError, IndexError):
            status = 0
        self.statuses[status] += 1
        self.latencies.append(time.perf_counter() - begun)
        if status != 200:
            self.failures.append(begun)

    def report(self) -> None:
        """Print a summary."""
        window = (max(self.failures) - min(self.failures)) * 1000 if self.failures else 0
        print(f"responses: {dict(self.statuses)}; failed: {len(self.failures)}, within {window:.0f} ms; ", end="")
        p50, p99, most = (percentile(self.latencies, share) for share in (0.5, 0.99, 1))
        print(f"ms: p50 {p50:.1f}, p99 {p99:.1f}, max {most:.0f}")


async def fetch(path: str) -> int:
    """Request a path from the proxy, and return the status."""
    reader, writer = await asyncio.open_connection("127.0.0.1", 8080)
    writer.write(f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())
    answer = await reader.read(-1)
    writer.close()
    return int(answer.split()[1])


async def run(*command: str) -> str:
    """Run a command, and return its output."""
    process = await asyncio.create_subprocess_exec(*command, stdout=-1, stderr=-3)
    out, _ = await process.communicate()
    return out.decode()


async def containers(service: str) -> list[str]:
    """List the containers of a service."""
    return (await run(*COMPOSE, "ps", "-q", service)).split()


async def besiege(requests: int, events: Coroutine[None, None, None]) -> None:
    """Send requests while ``events`` runs, and print a summary."""
    clients = Clients()
    await asyncio.gather(events, *map(clients.ask, range(requests)))
    clients.report()


async def rolling() -> None:
    """Restart the replicas one by one."""

    async def events() -> None:
        for replica in await containers("ajax-contacts"):
            await asyncio.sleep(5)
            await run("docker", "restart", replica)

    await besiege(10_000, events())


async def kill() -> None:
    """Kill one replica with SIGKILL, and start it again ten seconds later."""
    await besiege(5_000, disturb(("kill", "--signal", "KILL"), "start"))


async def pause() -> None:
    """Freeze one replica for ten seconds."""
    await besiege(5_000, disturb(("pause",), "unpause"))


async def disturb(do: tuple[str, ...], undo: str) -> None:
    """Do something to one replica, and undo it ten seconds later."""
    [replica, *_] = await containers("ajax-contacts")
    await asyncio.sleep(5)
    await run("docker", *do, replica)
    await asyncio.sleep(10)
    await run("docker", undo, replica)


async def database() -> None:
    """Restart the database."""

    async def events() -> None:
        [server] = await containers("postgres")
        await asyncio.sleep(5)
        await run("docker", "restart", server)

    await besiege(5_000, events())


EVENTS: dict[str, Callable[[], Coroutine[None, None, None]]] = {
    "rolling": rolling,
    "kill": kill,
    "pause": pause,
    "database": database,
}

if __name__ == "__main__":
    for chosen in sys.argv[1:] or EVENTS:
        print(f"{chosen}: {EVENTS[chosen].__doc__}")
        asyncio.run(EVENTS[chosen]())
