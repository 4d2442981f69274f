"""What clients see during a backend outage: ``python -m tests.bench.outages`` prints a table."""

import asyncio
import sqlite3
import time
from collections import Counter
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from service.backends.registry import administration_of
from tests.bench.service import Service, besieged
from tests.contracts.rigs import USERS, SQLiteFile, populate
from tests.servers.ejabberd import start_ejabberd
from tests.servers.postgresql import of_the_system, of_the_wheel, start_postgresql

#: Concurrent requests while a backend hangs: more than its limiter admits, fewer than the service accepts.
CROWD = 800


async def ask(service: Service, path: str) -> tuple[int, float]:
    """Request a path, and return the status and the milliseconds that it took."""
    begun = time.perf_counter()
    [answer] = await service.ask(
        f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode(), half_close=False
    )
    return answer.status, (time.perf_counter() - begun) * 1000


async def measure(name: str, world: Any, flags: list[str], path: str) -> None:
    """Print one row of the table."""
    async with besieged(*flags) as service:

        async def said() -> str:
            status, took = await ask(service, path)
            return f"{status} after {took:.0f} ms"

        assert (await ask(service, path))[0] == 200
        world.stop()
        cells = [await said(), ""]
        world.start()
        cells[1] = await said()
        world.stop()
        world.start()
        cells.append(await said())
        world.freeze()
        cells.append(await said())
        answers = await asyncio.gather(*(ask(service, path) for _ in range(CROWD)))
        cells.append(", ".join(f"{count} times {status}" for status, count in Counter(s for s, _ in answers).items()))
        world.thaw()
        cells.append(await said())
        print(f"| {name} | {' | '.join(cells)} |")


def main() -> None:
    """Measure each backend."""
    print(f"| | down | back | after a restart | frozen | {CROWD} at the same time while frozen | thawed |")
    print("|---|---|---|---|---|---|---|")
    with TemporaryDirectory() as folder:
        file = Path(folder) / "users.db"
        postgresql, ejabberd = start_postgresql(of_the_system() or of_the_wheel()), start_ejabberd()
        try:
            populate(ejabberd)
            for url in (f"sqlite:{file}", postgresql.url):
                administration_of(url).migrate(url)
                administration_of(url).import_users(url, USERS)
            with closing(sqlite3.connect(file)) as connection:
                connection.execute("PRAGMA journal_mode = DELETE")  # in WAL mode a lock does not block readers
            user_info = "/user-info?username=dustin"
            asyncio.run(measure("SQLite", SQLiteFile(file, []), ["--database", f"sqlite:{file}"], user_info))
            asyncio.run(measure("PostgreSQL", postgresql, ["--database", postgresql.url], user_info))
            asyncio.run(measure("ejabberd", ejabberd, ["--im", ejabberd.url], "/contacts?username=dustin"))
        finally:
            postgresql.remove()
            ejabberd.remove()


if __name__ == "__main__":
    main()
