"""The two servers of lines, each in a process of its own, with real clients."""

import select
import signal
import socket
import struct
import subprocess
import sys
from collections.abc import Iterator

import pytest

from tests.client import PATIENCE

MODULES = ["select_loop", "line_receiver"]


def start(module: str) -> "subprocess.Popen[str]":
    """Start a server, which prints its port."""
    command = [sys.executable, "-m", f"service.lessons.from_scratch.{module}"]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


@pytest.fixture(params=MODULES)
def server(request: pytest.FixtureRequest) -> Iterator[tuple[str, int]]:
    """One of the servers, and its port."""
    process = start(request.param)
    assert process.stdout is not None
    yield request.param, int(process.stdout.readline())
    process.send_signal(signal.SIGINT)
    process.wait(PATIENCE)
    process.stdout.close()


def connect(port: int) -> socket.socket:
    """Connect to a server."""
    client = socket.create_connection(("127.0.0.1", port), PATIENCE)
    client.settimeout(PATIENCE)
    return client


def line_of(client: socket.socket) -> bytes:
    """Read a line."""
    with client.makefile("rb", buffering=0) as file:
        return file.readline()


def test_lines(server: tuple[str, int]) -> None:
    """Each line gets an answer, in order, however the bytes are cut; one client's end is nothing to the others."""
    _, port = server
    with connect(port) as client:
        with connect(port) as other:
            other.sendall(b"karl\r\n")
            assert line_of(other) == b"Karl\r\n"
        client.sendall(b"dust")
        client.sendall(b"in\r\nkarl\r\njimbo\r\n")
        assert [line_of(client) for _ in range(3)] == [b"Dustin\r\n", b"Karl\r\n", b"(unknown)\r\n"]


def test_a_client_that_resets(server: tuple[str, int]) -> None:
    """A client that resets its connection is nothing to the others."""
    _, port = server
    with connect(port) as client:
        with connect(port) as other:
            other.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            other.sendall(b"karl\r\n")
        client.sendall(b"dustin\r\n")
        assert line_of(client) == b"Dustin\r\n"


def test_a_slow_query(server: tuple[str, int]) -> None:
    """A callback that blocks stalls every client of the loop; a Deferred keeps only its own client waiting."""
    module, port = server
    with connect(port) as slow, connect(port) as quick:
        slow.sendall(b"sleep\r\nkarl\r\n")
        quick.sendall(b"dustin\r\n")
        first, _, _ = select.select([slow, quick], [], [], PATIENCE)
        assert (slow in first) is (module == "select_loop")
        assert line_of(quick) == b"Dustin\r\n"
        assert [line_of(slow), line_of(slow)] == [b"(unknown)\r\n", b"Karl\r\n"]


def test_a_client_that_leaves() -> None:
    """A client that leaves cancels the look-up that it was waiting for, and its server goes on."""
    from twisted.internet.task import Clock
    from twisted.internet.testing import StringTransport

    from service.lessons.from_scratch.line_receiver import NamesFactory

    clock = Clock()
    protocol = NamesFactory(clock).buildProtocol(None)
    transport = StringTransport()
    protocol.makeConnection(transport)
    protocol.dataReceived(b"sleep\r\nkarl\r\n")
    assert len(clock.getDelayedCalls()) == 1
    protocol.connectionLost()
    assert clock.getDelayedCalls() == []
    assert transport.value() == b""
