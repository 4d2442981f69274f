"""Instructions a request, counted by callgrind: the same figure whatever else the machine does."""

import asyncio
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from random import randrange
from tempfile import TemporaryDirectory

from tests.bench.load import PATH
from tests.bench.servers import Command

#: Keep-alive connections, and requests on each: to warm up, and to be counted.
CONNECTIONS, WARM_UP, COUNTED = 16, 50, 40
#: Seconds for a server to start under valgrind, where it runs 50 times slower.
PATIENCE = 120
_TOTAL = re.compile(r"^(?:summary|totals): (\d+)", re.MULTILINE)
_numbers = count()


def thousand_instructions(command: Command) -> float:
    """Run a server under callgrind, and return how many thousand instructions in user space a request takes."""
    with TemporaryDirectory() as folder, under_callgrind(command, Path(folder)) as (pid, port):
        asyncio.run(ask_all(pid, port))
        [*_, counted] = sorted(Path(folder).iterdir(), key=lambda path: path.stat().st_mtime)
        total = _TOTAL.search(counted.read_text(errors="replace"))
        assert total is not None
        return int(total[1]) / (CONNECTIONS * COUNTED) / 1000


@contextmanager
def under_callgrind(command: Command, folder: Path) -> Iterator[tuple[int, int]]:
    """Run a server, and yield its pid and port once it answers."""
    valgrind = shutil.which("valgrind") or sys.exit("this needs valgrind: apt-get install valgrind")
    port = randrange(20_000, 30_000)
    process = subprocess.Popen(
        [valgrind, "--tool=callgrind", f"--callgrind-out-file={folder / 'counted'}", *command(port)],
        env=os.environ | {"BENCH_WAIT": "0"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        asyncio.run(until_it_answers(port))
        yield process.pid, port
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


async def until_it_answers(port: int) -> None:
    """Wait until a server accepts connections."""
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
        except ConnectionRefusedError:
            if time.monotonic() > deadline:
                raise
            await asyncio.sleep(0.2)
        else:
            writer.close()
            return


async def ask_all(pid: int, port: int) -> None:
    """Warm a server up, and count only what follows."""
    connections = [await asyncio.open_connection("127.0.0.1", port) for _ in range(CONNECTIONS)]
    await asyncio.gather(*(ask(*connection, WARM_UP) for connection in connections))
    await control("--zero", pid)
    await asyncio.gather(*(ask(*connection, COUNTED) for connection in connections))
    await control("--dump", pid)
    for _, writer in connections:
        writer.close()


async def control(command: str, pid: int) -> None:
    """Tell callgrind what to do, and wait until it has done it."""
    process = await asyncio.create_subprocess_exec(
        *("callgrind_control", command, str(pid)), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    assert await process.wait() == 0


async def ask(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, times: int) -> None:
    """Send requests one after the other; no two have the same header lines, so that nothing is gained by a memo."""
    for _ in range(times):
        number = next(_numbers)
        lines = (f"GET {PATH} HTTP/1.1", "Host: localhost", f"User-Agent: bench/{number}", f"Accept: */*;v={number}")
        writer.write("".join(f"{line}\r\n" for line in (*lines, "")).encode())
        head = await reader.readuntil(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 200 "), head
        length = re.search(rb"content-length: (\d+)", head, re.IGNORECASE)
        assert length is not None, head
        await reader.readexactly(int(length[1]))
