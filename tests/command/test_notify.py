"""What a service manager such as systemd is told."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from twisted.internet.task import Clock

from service.command.notify import READY, ServiceManager


@pytest.fixture
def manager(tmp_path: Path) -> Iterator[socket.socket]:
    """The socket of a service manager."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.bind(str(tmp_path / "notify"))
        listening.setblocking(False)
        yield listening


def heard(manager: socket.socket) -> list[str]:
    """Return what the manager has been told."""
    told = []
    try:
        while True:
            told.append(manager.recv(100).decode())
    except BlockingIOError:
        return told


def test_a_state(manager: socket.socket) -> None:
    """The manager hears of a state."""
    environment = {"NOTIFY_SOCKET": manager.getsockname()}
    ServiceManager.from_environment(environment, pid=7).tell(READY)
    assert heard(manager) == ["READY=1"]


def test_an_abstract_socket() -> None:
    """A name that begins with @ is one of an abstract socket."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.bind("")  # a free name
        listening.setblocking(False)
        name = listening.getsockname()[1:].decode()
        ServiceManager(f"@{name}").tell(READY)
        assert heard(listening) == ["READY=1"]


@pytest.mark.parametrize("address", ["", "/nonexistent/notify"])
def test_nobody_to_tell(address: str) -> None:
    """Without a manager that listens, nothing happens."""
    ServiceManager(address).tell(READY)


def test_the_watchdog(manager: socket.socket, clock: Clock) -> None:
    """The manager hears that the process is alive, twice as often as it wants to."""
    environment = {"NOTIFY_SOCKET": manager.getsockname(), "WATCHDOG_USEC": "3000000", "WATCHDOG_PID": "7"}
    ServiceManager.from_environment(environment, pid=7).watch(clock)
    clock.pump([1.5] * 3)
    assert heard(manager) == ["WATCHDOG=1"] * 4


@pytest.mark.parametrize(
    ("watchdog", "seconds"),
    [
        ({}, None),
        ({"WATCHDOG_USEC": "500000"}, 0.5),
        ({"WATCHDOG_USEC": "500000", "WATCHDOG_PID": "8"}, None),
        ({"WATCHDOG_USEC": "x"}, None),
    ],
)
def test_a_watchdog_of_another(watchdog: dict[str, str], seconds: float | None, clock: Clock) -> None:
    """A watchdog counts only for the process that it names, if it names one."""
    manager = ServiceManager.from_environment(dict(watchdog), pid=7)
    assert manager.watchdog == seconds
    ServiceManager("", None).watch(clock)
    assert clock.getDelayedCalls() == []


def test_the_children_are_not_told() -> None:
    """What is meant for this process is not passed on to its children."""
    environment = {"NOTIFY_SOCKET": "/x", "WATCHDOG_USEC": "1", "WATCHDOG_PID": "7", "PATH": "/bin"}
    ServiceManager.from_environment(environment, pid=7)
    assert environment == {"PATH": "/bin"}
