"""The service in its own process, and a client for it."""

import asyncio
import json
import random
import socket
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from tempfile import TemporaryFile

from attrs import define

from tests.bench.answers import Answer, take_apart

PROBE = b"GET /contacts?username=dustin HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"


@define
class Service:
    """A running service."""

    process: asyncio.subprocess.Process
    port: int
    log: object

    async def ask(self, *pieces: bytes, half_close: bool = True) -> list[Answer]:
        """Send pieces on a new connection, and return all responses once it is closed."""
        loop = asyncio.get_running_loop()
        with socket.socket() as connection:
            connection.setblocking(False)
            await loop.sock_connect(connection, ("127.0.0.1", self.port))
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            with suppress(OSError):  # a refused client may be disconnected while it sends, but has its response
                for piece in pieces:
                    await loop.sock_sendall(connection, piece)
                    await asyncio.sleep(0)
                if half_close:
                    connection.shutdown(socket.SHUT_WR)
            received = b""
            while data := await loop.sock_recv(connection, 65_536):
                received += data
        return take_apart(received, b"".join(pieces))

    @property
    def memory(self) -> float:
        """The resident memory of the process, in MiB."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(status.split("VmRSS:")[1].split()[0]) / 1024


@asynccontextmanager
async def besieged(*flags: str) -> AsyncIterator[Service]:
    """Run the service with these flags, and print the errors that it has logged when it stops."""
    with TemporaryFile("w+") as log:
        command = [sys.executable, "-m", "service", "--pages", "fake:", "--xray", "off", "--log-format", "json"]
        command += flags
        port = random.randrange(20_000, 30_000)
        process = await asyncio.create_subprocess_exec(
            *command, "--listen", f"tcp:{port}:interface=127.0.0.1:backlog=4096", stdout=log, stderr=log
        )
        service = Service(process, port, log)
        while True:
            try:
                await service.ask(PROBE)
                break
            except ConnectionRefusedError:
                await asyncio.sleep(0.05)
        yield service
        if process.returncode is None:
            process.terminate()
        await process.wait()
        log.seek(0)
        errors = [line for line in log if line.startswith("{") and json.loads(line)["level"] in ("error", "critical")]
        print(f"log entries at error level: {len(errors)}", *errors[:3])


def percentile(values: list[float], share: float) -> float:
    """Return the percentile at ``share``, from 0 to 1, in milliseconds for values in seconds."""
    return sorted(values)[int(share * (len(values) - 1))] * 1000


async def time_requests(service: Service, until: Callable[[], bool]) -> list[float]:
    """Send requests on new connections until a condition holds; return the seconds that each response took."""
    seconds = []
    while not until():
        begun = time.perf_counter()
        [answer] = await service.ask(PROBE, half_close=False)
        seconds.append(time.perf_counter() - begun)
        assert answer.status == 200
        await asyncio.sleep(0.01)
    return seconds
