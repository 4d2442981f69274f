"""Worker processes on one socket: started, lost, replaced, and stopped."""

import json
import os
import signal
import socket
import subprocess
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from urllib.request import urlopen

import pytest
from pytest_twisted import ensureDeferred
from twisted.internet.defer import Deferred
from twisted.internet.error import ProcessDone, ProcessExitedAlready, ProcessTerminated
from twisted.internet.task import Clock
from twisted.internet.threads import deferToThread
from twisted.python.failure import Failure

from service.command.worker import NotServingError, Worker
from service.command.workers import Workers
from service.metrics import Snapshot
from tests.client import PATIENCE, connect, until
from tests.log import Log
from tests.results import outcomes_of
from tests.service_process import Service, run, run_in_process


def workers_of(service: Service) -> set[int]:
    """Return the pids of a service's workers."""
    pid = service.process.pid
    return set(map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text().split()))


@pytest.fixture(scope="module")
def service() -> Iterator[Service]:
    """The command with two workers."""
    # Without an access log: a test that sends many requests does not read it, and a full pipe would block the workers.
    running = Service("--processes", "2", "--log-format", "json", "--linger", "0", "--access-log", "off")
    yield running
    running.process.send_signal(signal.SIGTERM)
    assert running.stop()[0] == 0


async def ask(reactor: Any, service: Service) -> bytes:
    """Send a request on a new connection, and return the response."""
    client = await connect(reactor, service.url)
    client.send(b"GET /contacts?username=dustin~slow=0.01 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
    await until(reactor, lambda: client.closed.called)
    return client.received


@ensureDeferred
async def test_a_worker_that_is_killed(service: Service, running_reactor: Any) -> None:
    """A killed worker is replaced, and the others serve meanwhile."""
    before = workers_of(service)
    assert len(before) == 2
    lost = min(before)
    os.kill(lost, signal.SIGKILL)
    await deferToThread(service.read_log_until, f"worker {lost} exited with -9: starting a replacement")
    assert (await ask(running_reactor, service)).startswith(b"HTTP/1.1 200 OK")
    await until(running_reactor, lambda: len(workers_of(service) - {lost}) == 2)


@ensureDeferred
async def test_replacing_all(service: Service, running_reactor: Any) -> None:
    """SIGHUP replaces all workers one by one without losing a request."""
    before = workers_of(service)
    service.process.send_signal(signal.SIGHUP)
    service.process.send_signal(signal.SIGHUP)
    answers = []
    deadline = running_reactor.seconds() + PATIENCE
    while before & workers_of(service) or len(workers_of(service)) != 2:
        assert running_reactor.seconds() < deadline, "not all were replaced"
        answers.append(await ask(running_reactor, service))
    assert {answer[:15] for answer in answers} == {b"HTTP/1.1 200 OK"}


@ensureDeferred
async def test_ctrl_c(running_reactor: Any) -> None:
    """Ctrl-C interrupts all processes at the same time, and requests in flight still complete."""
    service = Service("--processes", "2", start_new_session=True)
    client = await connect(running_reactor, service.url)
    client.send(b"GET /contacts?username=karl~slow=0.5 HTTP/1.1\r\nHost: x\r\n\r\n")
    await ask(running_reactor, service)
    os.killpg(service.process.pid, signal.SIGINT)
    await client.closed
    assert client.received.startswith(b"HTTP/1.1 200 OK")
    assert (await deferToThread(service.stop))[0] == 0


@ensureDeferred
async def test_a_parent_that_is_killed(running_reactor: Any) -> None:
    """Workers stop when their parent is killed, and release the port."""
    service = Service("--processes", "2")
    os.kill(service.process.pid, signal.SIGKILL)
    assert (await deferToThread(service.stop))[0] == -signal.SIGKILL
    await until(running_reactor, lambda: refuses(service))


def refuses(service: Service) -> bool:
    """Return whether the address of a service refuses connections."""
    parts = urlsplit(service.url)
    with socket.socket() as client:
        return client.connect_ex((parts.hostname, parts.port)) != 0


@ensureDeferred
async def test_a_worker_that_never_serves(running_reactor: Any, log: Log) -> None:
    """If workers cannot start, ``start`` fails and all of them are stopped."""
    workers = Workers(running_reactor, 0, 2, ["--colour", "red"])
    with pytest.raises(NotServingError):
        await workers.start()
    assert await workers.stop() == 0


def test_a_wrong_setting() -> None:
    """An invalid setting is reported once, not by each worker."""
    code, _, err = run_in_process("--processes", "2", "--database", "mysql:")
    assert (code, err.count("\n")) == (2, 1)


def test_a_socket_of_the_file_system() -> None:
    """Several processes cannot share a Unix socket: the first to end would remove it."""
    code, _, err = run_in_process("--processes", "2", "--listen", "unix:/tmp/socket")
    assert (code, "expected tcp: or ssl: with more than one" in err) == (2, True)


def test_workers_that_cannot_start(tmp_path: Path) -> None:
    """If the workers report an invalid setting, the parent adds nothing to it."""
    (tmp_path / "uvloop.py").write_text("raise ImportError")
    ran = run("--processes", "2", "--reactor", "uvloop", PYTHONPATH=str(tmp_path))
    assert ran.returncode == 1
    assert "--reactor 'uvloop': expected uvloop installed: pip install" in ran.stderr
    assert "Traceback" not in ran.stderr


def test_a_port_in_use(service: Service) -> None:
    """A port in use is reported, with exit code 1."""
    port = service.url.rsplit(":", 1)[1].rstrip("/")
    ran = run("--processes", "2", "--listen", f"tcp:{port}:interface=127.0.0.1", "--log-format", "text")
    assert ran.returncode == 1
    assert "cannot listen on" in ran.stderr


class Process:
    """A fake process that ends when a test says so, and records the signals sent to it."""

    def __init__(self, pid: int, worker: Worker) -> None:
        self.pid: int | None = pid
        self.worker = worker
        self.signals: list[int] = []
        self.asked: list[tuple[int, bytes]] = []

    def writeToChild(self, descriptor: int, data: bytes) -> None:
        self.asked.append((descriptor, data))

    def signalProcess(self, number: int) -> None:
        if self.pid is None:
            raise ProcessExitedAlready
        self.signals.append(number)

    def end(self, code: int = 0) -> None:
        self.pid = None
        self.worker.processEnded(Failure(ProcessTerminated(code) if code else ProcessDone(0)))


class Spawning(Clock):
    """A reactor that spawns fake processes."""

    def __init__(self) -> None:
        super().__init__()
        self.processes: list[Process] = []

    def spawnProcess(self, worker: Worker, *_: Any, **__: Any) -> None:
        self.processes.append(Process(len(self.processes), worker))
        worker.makeConnection(self.processes[-1])


@pytest.fixture
def spawning() -> Spawning:
    """A reactor that spawns fake processes."""
    return Spawning()


@pytest.fixture
def workers(spawning: Spawning) -> Workers:
    """Two workers that are ready."""
    workers = Workers(spawning, 7, 2, [])
    started = Deferred.fromCoroutine(workers.start())
    for process in spawning.processes:
        process.worker.childDataReceived(4, b"\n")
    assert outcomes_of(started) == [None]
    return workers


def test_one_by_one(spawning: Spawning, workers: Workers) -> None:
    """Each old worker is stopped once its replacement is ready; the next replacement starts once it has ended."""
    done = Deferred.fromCoroutine(workers.replace())
    again = Deferred.fromCoroutine(workers.replace())
    assert (len(spawning.processes), outcomes_of(again)) == (3, [None])
    assert spawning.processes[0].signals == []
    spawning.processes[2].worker.childDataReceived(4, b"\n")
    assert [process.signals for process in spawning.processes] == [[signal.SIGTERM], [], []]
    assert len(spawning.processes) == 3
    spawning.processes[0].end()
    spawning.processes[3].worker.childDataReceived(4, b"\n")
    spawning.processes[1].end()
    assert outcomes_of(done) == [None]
    assert len(spawning.processes) == 4


def test_a_new_one_that_does_not_serve(spawning: Spawning, workers: Workers, log: Log) -> None:
    """If a replacement ends before it is ready, the old workers keep running."""
    done = Deferred.fromCoroutine(workers.replace())
    spawning.processes[2].end(1)
    assert outcomes_of(done) == [None]
    assert log.messages("service.command.workers") == ["a new worker failed to start: the old ones keep running"]
    assert [process.signals for process in spawning.processes] == [[], [], []]
    spawning.advance(2)
    assert len(spawning.processes) == 3


def test_one_that_ends_before_it_serves(spawning: Spawning, workers: Workers) -> None:
    """A respawned worker that ends before it is ready is itself replaced."""
    spawning.advance(10)
    spawning.processes[0].end(-9)
    spawning.advance(0)
    spawning.processes[2].end(-9)
    assert len(spawning.processes) == 3
    spawning.advance(1)
    assert len(spawning.processes) == 4


def test_one_whose_place_is_taken(spawning: Spawning, workers: Workers) -> None:
    """A dead worker that SIGHUP replaces before its respawn is due is not replaced twice."""
    spawning.processes[0].end(-9)
    replaced = Deferred.fromCoroutine(workers.replace())
    spawning.processes[2].worker.childDataReceived(4, b"\n")
    spawning.advance(2)
    assert [process.pid for process in spawning.processes] == [None, 1, 2, 3]
    spawning.processes[3].worker.childDataReceived(4, b"\n")
    spawning.processes[1].end()
    assert outcomes_of(replaced) == [None]


def test_one_that_ends_soon(spawning: Spawning, workers: Workers) -> None:
    """A worker that ends soon after its start is replaced one second after that start."""
    spawning.advance(0.4)
    spawning.processes[0].end(1)
    spawning.advance(0.5)
    assert len(spawning.processes) == 2
    spawning.advance(0.1)
    assert len(spawning.processes) == 3


def test_the_stop(spawning: Spawning, workers: Workers) -> None:
    """Stopping waits for all workers, even during a replacement, and no worker is replaced after that."""
    spawning.processes[0].end(1)
    replaced = Deferred.fromCoroutine(workers.replace())
    stopped = Deferred.fromCoroutine(workers.stop())
    spawning.processes[2].worker.childDataReceived(4, b"\n")
    spawning.advance(2)
    assert [process.signals for process in spawning.processes[1:]] == [[signal.SIGTERM]] * 2
    spawning.processes[1].end()
    spawning.processes[1].worker.signal(signal.SIGTERM)
    spawning.processes[2].end()
    assert outcomes_of(stopped) == [0]
    assert outcomes_of(replaced) == [None]
    assert outcomes_of(Deferred.fromCoroutine(workers.replace())) == [None]
    assert len(spawning.processes) == 3


def test_an_old_one_that_ends_meanwhile(spawning: Spawning, workers: Workers) -> None:
    """If an old worker dies and is respawned before its SIGHUP replacement is ready, that replacement is stopped."""
    spawning.advance(10)
    replaced = Deferred.fromCoroutine(workers.replace())
    spawning.processes[0].end(1)
    spawning.advance(0)
    assert len(spawning.processes) == 4
    spawning.processes[2].worker.childDataReceived(4, b"\n")
    assert spawning.processes[2].signals == [signal.SIGTERM]
    assert len(spawning.processes) == 5
    spawning.processes[4].end(1)
    assert outcomes_of(replaced) == [None]


def test_a_bad_end(spawning: Spawning, workers: Workers) -> None:
    """If one worker exits with an error, the exit code is 1."""
    stopped = Deferred.fromCoroutine(workers.stop())
    for process, code in zip(spawning.processes, (0, 1), strict=True):
        process.end(code)
    assert outcomes_of(stopped) == [1]


def test_the_numbers_of_all(spawning: Spawning, workers: Workers) -> None:
    """The numbers of all workers are added up, in whatever pieces they come; one that does not answer is left out."""
    line = json.dumps(Snapshot(Counter({("refusals", ("overloaded",)): 2})).to_json()).encode() + b"\n"
    seen: list[Snapshot] = []
    for _ in range(2):
        workers.take_snapshot().addCallback(seen.append)
    assert spawning.processes[0].asked == [(5, b"?"), (5, b"?")]
    for piece in (line[:7], line[7:]):
        spawning.processes[0].worker.childDataReceived(4, piece)
    assert not seen
    spawning.processes[1].worker.childDataReceived(4, line + line)
    workers.take_snapshot().addCallback(seen.append)
    spawning.processes[0].worker.childDataReceived(4, line)
    spawning.advance(1)
    assert [one.counts["refusals", ("overloaded",)] for one in seen] == [4, 4, 2]
    spawning.processes[1].worker.childDataReceived(4, line)


def ask_admin(service: Service, path: str) -> bytes:
    """Send a request to the admin endpoint that the service has named."""
    assert service.process.stdout is not None
    greeting = next(line for line in service.process.stdout if "operators" in line)
    with urlopen(greeting.split()[-1] + path, timeout=PATIENCE) as response:
        return bytes(response.read())


@pytest.mark.parametrize("processes", ["1", "2"])
def test_metrics(processes: str) -> None:
    """The admin endpoint is announced; there the numbers of all processes are added up."""
    service = Service("--processes", processes, "--admin", "tcp:0:interface=127.0.0.1", log=subprocess.DEVNULL)
    for _ in range(20):
        with urlopen(f"{service.url}contacts?username=dustin", timeout=PATIENCE) as response:
            assert response.status == 200
    text = ask_admin(service, "metrics").decode()
    service.process.terminate()
    assert service.stop()[0] == 0
    assert '\najax_contacts_requests_total{method="GET",route="/contacts",status="200"} 20.0\n' in text


@pytest.mark.parametrize("processes", ["1", "2"])
def test_an_admin_port_in_use(service: Service, processes: str) -> None:
    """An admin port that is in use is reported by its own name, with exit code 1."""
    port = service.url.rsplit(":", 1)[1].rstrip("/")
    listen = ("--listen", "tcp:0:interface=127.0.0.1", "--pages", "fake:", "--log-format", "text")
    ran = run("--processes", processes, *listen, "--admin", f"tcp:{port}:interface=127.0.0.1")
    assert ran.returncode == 1
    assert f"cannot listen on tcp:{port}:interface=127.0.0.1: Address already in use" in ran.stderr


def test_a_wrong_admin_endpoint() -> None:
    """An admin endpoint that is invalid is refused by its own name."""
    code, _, err = run_in_process("--processes", "2", "--admin", "nonsense")
    assert (code, "--admin 'nonsense': expected a Twisted endpoint string" in err) == (2, True)
