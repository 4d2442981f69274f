"""Standard output and error that are closed, full or unread."""

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from io import StringIO
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pytest
from twisted.internet.task import Clock

from service.command.streams import MAX_WAITING, RETRY, LogStream, open_log, open_standard_streams, pieces_of, say
from tests.client import PATIENCE
from tests.log import Log
from tests.servers.programs import free_port
from tests.service_process import COMMAND, ENVIRONMENT

LINE = "x" * 999 + "\n"


@pytest.fixture
def pipe() -> Iterator[tuple[int, int]]:
    """A pipe: the descriptor to read from, and the one to write to."""
    reading, writing = os.pipe()
    os.set_blocking(reading, False)
    yield reading, writing
    os.close(reading)
    os.close(writing)


def read_all(descriptor: int) -> bytes:
    """Read what is in a pipe."""
    data = b""
    with suppress(BlockingIOError):
        while True:
            data += os.read(descriptor, 65536)
    return data


def test_a_pipe_that_is_read_late(pipe: tuple[int, int], clock: Clock, log: Log) -> None:
    """Lines that a full pipe does not take wait, and arrive once it is read, without another line being logged."""
    stream = LogStream(pipe[1], clock)
    lines = [f"{number} {LINE}" for number in range(500)]
    for line in lines:
        stream.write(line)
    read = read_all(pipe[0])
    assert 0 < len(read) < sum(map(len, lines))
    for _ in range(20):
        clock.advance(RETRY)
        read += read_all(pipe[0])
    assert read.decode() == "".join(lines)
    assert clock.getDelayedCalls() == []
    assert log.messages("service.command.streams") == []
    os.close(stream.descriptor)


def test_a_pipe_that_nobody_reads(pipe: tuple[int, int], clock: Clock, log: Log) -> None:
    """When too much waits, lines are lost; whole ones arrive once the pipe is read, and the loss is logged."""
    stream = LogStream(pipe[1], clock)
    for _ in range(100):
        stream.write(30 * LINE)
    assert log.messages("service.command.streams") == []
    read = b""
    for _ in range(50):
        read += read_all(pipe[0])
        clock.advance(RETRY)
    assert set(read.decode().splitlines(keepends=True)) == {LINE}
    lost = 3000 - len(read) // len(LINE)
    assert MAX_WAITING <= len(read) < 2 * MAX_WAITING
    assert log.messages("service.command.streams") == [
        f"{lost} lines of the log were lost, because they could not be written"
    ]
    os.close(stream.descriptor)


def test_long_lines(pipe: tuple[int, int], clock: Clock) -> None:
    """A line that is longer than the pipe has room for is continued before another one begins."""
    stream = LogStream(pipe[1], clock)
    stream.write("a" * 100_000 + "\n")
    read = b""
    for _ in range(10):
        read += read_all(pipe[0])
        stream.write("b\n")
    read += read_all(pipe[0])
    lines = read.decode().splitlines()
    assert lines[0] == "a" * 100_000
    assert set(lines[1:]) == {"b"}
    os.close(stream.descriptor)


@pytest.mark.parametrize(
    ("data", "pieces"),
    [
        (b"a\nb\n", [b"a\nb\n"]),
        (b"aaa\nbb\nc\n", [b"aaa\nbb\n", b"c\n"]),
        (b"a" * 9 + b"\nb\n", [b"a" * 7, b"aa\nb\n"]),
        (b"a\n" + b"b" * 9 + b"\n", [b"a\n", b"b" * 7, b"bb\n"]),
        (b"", [b""]),
    ],
)
def test_whole_lines(data: bytes, pieces: list[bytes]) -> None:
    """What a pipe gets at a time are whole lines, so that those of several processes do not mix."""
    assert list(pieces_of(data, 7)) == pieces


def test_others_can_still_block(pipe: tuple[int, int], clock: Clock) -> None:
    """A pipe that others write to as well does not become non-blocking for them."""
    stream = LogStream(pipe[1], clock)
    assert os.get_blocking(pipe[1])
    os.close(stream.descriptor)


def test_a_pipe_of_another_user(pipe: tuple[int, int], clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the pipe cannot be opened again, its own description is used, and does not block either."""

    def refuse(*_: object) -> int:
        raise PermissionError

    monkeypatch.setattr("service.command.streams.os.open", refuse)
    stream = LogStream(pipe[1], clock)
    assert stream.descriptor == pipe[1]
    for _ in range(200):
        stream.write(LINE)
    assert read_all(pipe[0]).startswith(LINE.encode())


def test_a_pipe_without_a_reader(clock: Clock, log: Log) -> None:
    """A line for a pipe whose reader is gone is lost, and nothing waits for it to come back."""
    reading, writing = os.pipe()
    stream = LogStream(writing, clock)
    os.close(reading)
    stream.write(LINE)
    assert clock.getDelayedCalls() == []
    assert log.messages("service.command.streams") == []
    os.close(stream.descriptor)
    os.close(writing)


def test_a_socket_that_nobody_reads(clock: Clock) -> None:
    """A full socket, such as the one of a service manager, does not block."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        stream = LogStream(ours.fileno(), clock)
        for _ in range(2000):
            stream.write(LINE)
        assert theirs.recv(len(LINE)) == LINE.encode()


def test_a_terminal_that_stands_still(clock: Clock) -> None:
    """A terminal whose output was stopped, as by Ctrl-S, does not block."""
    terminal, theirs = os.openpty()
    stream = LogStream(theirs, clock)
    for _ in range(200):
        stream.write(LINE)
    assert os.read(terminal, 3) == b"xxx"
    for descriptor in {terminal, theirs, stream.descriptor}:
        os.close(descriptor)


def test_a_file(tmp_path: Path, clock: Clock) -> None:
    """A file gets every line, in UTF-8 whatever the locale; what is not text is escaped."""
    with (tmp_path / "log").open("wb") as file:
        stream = LogStream(file.fileno(), clock)
        stream.write("zoë\n")
        stream.write("\udcff\n")
        stream.write(LINE * 3000)
    assert (tmp_path / "log").read_bytes() == "zoë\n\\udcff\n".encode() + LINE.encode() * 3000


def test_a_full_disk(clock: Clock, log: Log) -> None:
    """A line that does not fit on the disk is lost, and that is said when there is room again."""
    descriptor = os.open("/dev/full", os.O_WRONLY)
    stream = LogStream(descriptor, clock)
    stream.write(LINE)
    os.close(descriptor)
    stream.descriptor = os.open(os.devnull, os.O_WRONLY)
    stream.write(LINE)
    assert log.messages("service.command.streams") == [
        "1 lines of the log were lost, because they could not be written"
    ]
    os.close(stream.descriptor)


def test_a_stream_in_memory(clock: Clock) -> None:
    """A stream without a descriptor is written to as it is."""
    stream = StringIO()
    assert open_log(stream, clock) is stream


def test_printing_to_a_full_disk() -> None:
    """What cannot be printed is not, and does not spoil the exit of the process either."""
    code = "import sys; from service.command.streams import say; say(sys.stdout, 'x'); say(sys.stdout, 'y')"
    with Path("/dev/full").open("w") as full:
        done = subprocess.run([sys.executable, "-c", code], stdout=full, stderr=subprocess.PIPE, check=False)
    assert (done.returncode, done.stderr) == (0, b"")


def test_printing(capsys: pytest.CaptureFixture[str]) -> None:
    """Text is printed as it is."""
    open_standard_streams()
    say(sys.stdout, "zoë\n")
    assert capsys.readouterr().out == "zoë\n"


@pytest.mark.parametrize(("closed", "processes"), [((2,), "1"), ((0, 1, 2), "2")])
def test_closed_streams(closed: tuple[int, ...], processes: str) -> None:
    """The service serves, and stops gracefully, without standard streams."""
    serves(processes, preexec_fn=lambda: os.closerange(closed[0], closed[-1] + 1))


def test_full_streams() -> None:
    """The service serves, and stops gracefully, while the disk is full."""
    with Path("/dev/full").open("w") as full:
        serves("1", stdout=full, stderr=full)


def test_unread_streams(pipe: tuple[int, int]) -> None:
    """The service serves, and stops gracefully, while nobody reads its log."""
    serves("1", stdout=pipe[1], stderr=pipe[1])


def serves(processes: str, **streams: Any) -> None:
    """Assert that the service serves with these streams, and stops gracefully."""
    port = free_port()
    flags = ["--listen", f"tcp:{port}:interface=127.0.0.1", "--pages", "fake:", "--processes", processes]
    process = subprocess.Popen([*COMMAND, *flags], env=ENVIRONMENT, **streams)
    url = f"http://127.0.0.1:{port}/contacts?username=dustin"
    deadline = time.monotonic() + PATIENCE
    try:
        while ask(url) is None:
            assert time.monotonic() < deadline
        assert [ask(url) for _ in range(50)] == ["karl"] * 50
        process.terminate()
        assert process.wait(PATIENCE) == 0
    finally:
        process.kill()
        process.wait()


def ask(url: str) -> str | None:
    """Ask so that much is logged, and return the first contact; None while the service does not answer."""
    try:
        with urlopen(Request(url, headers={"User-Agent": "x" * 5000}), timeout=PATIENCE) as response:
            first: str = json.load(response)["contacts"][0]
            return first
    except OSError:
        return None
