"""The parts of the command that can be tested without a separate process."""

import gc
import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from pytest_twisted import ensureDeferred
from twisted.internet.address import IPv4Address, IPv6Address, UNIXAddress
from twisted.internet.defer import Deferred
from twisted.internet.error import ConnectionDone
from twisted.internet.interfaces import IAddress, IReadDescriptor
from twisted.internet.task import Clock
from twisted.python.failure import Failure
from zope.interface.verify import verifyObject

from service.command.afterwards import REST, finish_start, rest_collector
from service.command.flags import read_settings
from service.command.messages import announce
from service.command.serve import log_crash
from service.command.settings import Settings
from service.command.signals import Lifeline, Signals
from tests.log import Log

WAITING = "ajax-contacts is waiting for files in /watched\n"
IM = "ejabberd+http://im/api?domain=example.org&token=secret"
REAL = ("--database", "sqlite:users.db", "--im", IM)


def settings(*arguments: str) -> Settings:
    read = read_settings(list(arguments))
    assert isinstance(read, Settings)
    return read


@pytest.mark.parametrize(
    ("address", "listen", "where"),
    [
        (IPv4Address("TCP", "127.0.0.1", 8080), "tcp:8080:interface=127.0.0.1", "http://127.0.0.1:8080/"),
        (IPv4Address("TCP", "0.0.0.0", 80), "tcp:80", "http://localhost:80/"),
        (IPv6Address("TCP", "::", 80), "tcp6:80", "http://localhost:80/"),
        (IPv6Address("TCP", "fe80::1", 80), "tcp6:80:interface=fe80\\:\\:1", "http://[fe80::1]:80/"),
        (IPv4Address("TCP", "127.0.0.1", 443), "ssl:443", "https://127.0.0.1:443/"),
    ],
)
def test_the_greeting(address: IAddress, listen: str, where: str, capsys: pytest.CaptureFixture[str]) -> None:
    """The greeting names an address that a browser on this machine can open."""
    announce(address, settings("--listen", listen, *REAL), Path("/watched"))
    links = f"{where} - open it in a browser, or try {where}contacts?username=dustin"
    assert capsys.readouterr().out == f"ajax-contacts is serving on {links}\n{WAITING}"


def test_the_greeting_without_a_link(capsys: pytest.CaptureFixture[str]) -> None:
    """A Unix socket is announced without a link."""
    listen = settings("--listen", "unix:/run/contacts.sock", *REAL)
    announce(UNIXAddress("/run/contacts.sock"), listen, Path("/watched"))
    assert capsys.readouterr().out == "ajax-contacts is serving on unix:/run/contacts.sock\n" + WAITING


@pytest.mark.parametrize(
    ("arguments", "fakes"),
    [
        ((), "user database, IM service, web pages, and the real web for pages that they do not know"),
        (("--pages", "fake:"), "user database, IM service, web pages"),
        (("--pages", "http:"), "user database, IM service"),
        (("--im", IM), "user database"),
        ((*REAL, "--pages", "fake:?latency=1"), "web pages"),
    ],
)
def test_what_is_fake(arguments: tuple[str, ...], fakes: str, capsys: pytest.CaptureFixture[str]) -> None:
    """The greeting says which backends are fakes."""
    announce(UNIXAddress("/x"), settings(*arguments), Path("/watched"))
    assert capsys.readouterr().out.endswith(f"{WAITING}ajax-contacts is using fakes for: {fakes}\n")


def test_what_a_start_leaves_for_afterwards(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a start did not need is imported afterwards, one thing a turn; then the garbage collector rests."""
    did: list[str] = []
    monkeypatch.setattr("service.command.afterwards.namedAny", did.append)
    monkeypatch.setattr("service.command.afterwards.rest_collector", lambda: did.append("rest"))
    finish_start(clock)
    clock.callLater(0, did.append, "another turn")
    assert did == []
    clock.advance(0)
    assert did == [REST[0], "another turn", *REST[1:], "rest"]


def test_another_collector(monkeypatch: pytest.MonkeyPatch) -> None:
    """The collector of PyPy, which cannot be told to rest, is left alone."""
    monkeypatch.delattr("gc.freeze")
    monkeypatch.delattr("gc.set_threshold")
    before = gc.get_freeze_count()
    rest_collector()
    assert gc.get_freeze_count() == before


def test_a_crash(log: Log) -> None:
    """A bug that stops the service is logged, and its exit code is 1."""
    assert log_crash(Failure(LookupError())) == 1
    assert len(log.flush(LookupError)) == 1


class Loop:
    """A minimal reactor for signals: it runs calls from other threads immediately."""

    def callFromThread(self, function: Callable[[], None]) -> None:
        function()


class Readers:
    """A minimal reactor for a lifeline."""

    def __init__(self) -> None:
        self.readers: list[Any] = []
        self.addReader = self.readers.append
        self.removeReader = self.readers.remove


@pytest.fixture
def signals() -> Iterator[Signals]:
    former = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    yield Signals(Loop())
    for number, handler in former.items():
        signal.signal(number, handler)


def test_the_signals_of_a_worker() -> None:
    """A worker ignores SIGINT, SIGHUP and a second SIGTERM, which its parent handles."""
    numbers = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
    former = {number: signal.getsignal(number) for number in numbers}
    worker = Signals(Loop(), worker=True)
    heard = []
    for number in (signal.SIGINT, signal.SIGHUP, signal.SIGTERM, signal.SIGTERM):
        signal.raise_signal(number)
        heard.append((worker.first.called, worker.second.called))
    for number, handler in former.items():
        signal.signal(number, handler)
    assert heard == [(False, False), (False, False), (True, False), (True, False)]


@ensureDeferred
async def test_the_lifeline(running_reactor: Any) -> None:
    """A lifeline notices when the other end of its pipe is closed."""
    reading, writing = os.pipe()
    gone: Deferred[None] = Deferred()
    lifeline = Lifeline(running_reactor, reading, lambda: None if gone.called else gone.callback(None))
    assert verifyObject(IReadDescriptor, lifeline)
    assert lifeline.logPrefix() == "lifeline"
    os.close(writing)
    await gone
    os.close(reading)


def test_the_lifeline_in_other_reactors() -> None:
    """Some reactors report a closed pipe as readable, others as a lost connection."""
    told: list[str] = []
    reactor: Any = Readers()
    reading, writing = os.pipe()
    lifeline = Lifeline(reactor, reading, lambda: told.append("gone"), lambda: told.append("asked"))
    assert (reactor.readers, lifeline.fileno()) == ([lifeline], reading)
    os.write(writing, b"?")
    lifeline.doRead()
    assert (reactor.readers, told) == ([lifeline], ["asked"])
    os.close(writing)
    lifeline.doRead()
    lifeline.connectionLost(Failure(ConnectionDone()))
    os.close(reading)
    assert (reactor.readers, told) == ([], ["asked", "gone", "gone"])


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_signals(signals: Signals, number: int) -> None:
    """The first signal fires ``first``, the second fires ``second``, and a third has no effect."""
    heard = []
    for _ in range(3):
        signal.raise_signal(number)
        heard.append((signals.first.called, signals.second.called))
    assert heard == [(True, False), (True, True), (True, True)]
