"""A protocol of Twisted's on a transport of the loop's: everything it is promised, it gets."""

import asyncio
import errno
import socket
from contextlib import suppress
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from twisted.internet.address import IPv4Address, IPv6Address, UNIXAddress
from twisted.internet.error import ConnectionAborted, ConnectionDone, ConnectionLost
from twisted.internet.interfaces import (
    IConsumer,
    IHalfCloseableProtocol,
    IListeningPort,
    IPushProducer,
    ITCPTransport,
    ITransport,
)
from twisted.internet.protocol import Factory
from twisted.protocols.basic import FileSender
from zope.interface import implementer
from zope.interface.verify import verifyObject

from service.native.addresses import as_address
from service.native.port import NativePort
from tests.log import Log
from tests.native.loops import Recorder
from tests.transports import Producer

if TYPE_CHECKING:
    from tests.native.loops import Native

MUCH = b"x" * 8_000_000


def test_there_and_back(native: "Native") -> None:
    """Bytes arrive in both directions, and both ends have addresses."""
    events: list[Any] = []
    port = native.serve(lambda: Recorder(events))

    async def talk() -> None:
        reader, writer = await native.connect(port)
        writer.write(b"there")
        await native.until(lambda: events[1:] == [b"there"])
        transport = events[0].transport
        assert verifyObject(ITCPTransport, transport)
        assert verifyObject(ITransport, transport)
        assert verifyObject(IConsumer, transport)
        assert verifyObject(IPushProducer, transport)
        assert verifyObject(IListeningPort, port)
        transport.writeSequence([b"and", b" back"])
        assert await reader.read(100) == b"and back"
        assert transport.getHost() == port.getHost()
        assert transport.getPeer() == IPv4Address("TCP", *writer.get_extra_info("sockname"))

    native.run(talk())


def test_options(native: "Native") -> None:
    """The options of TCP can be looked at and set."""
    events: list[Any] = []
    port = native.serve(lambda: Recorder(events))

    async def look() -> None:
        await native.meet(port, events)
        transport = events[0].transport
        for on in (True, False):
            transport.setTcpNoDelay(on)
            transport.setTcpKeepAlive(on)
            assert (transport.getTcpNoDelay(), transport.getTcpKeepAlive()) == (on, on)

    native.run(look())


def test_the_client_hangs_up(native: "Native") -> None:
    """A protocol that does not care for halves is told that the connection is done."""
    events: list[Any] = []
    port = native.serve(lambda: Recorder(events))

    async def leave() -> None:
        _, writer = await native.connect(port)
        writer.close()
        await native.until(lambda: ConnectionDone in events)
        events[0].transport.write(b"to nobody")

    native.run(leave())


def test_the_client_breaks_off(native: "Native") -> None:
    """A connection that was reset is lost."""
    events: list[Any] = []
    port = native.serve(lambda: Recorder(events))

    async def break_off() -> None:
        _, writer = await native.meet(port, events)
        events[0].transport.write(b"x")
        await asyncio.sleep(0.01)
        client = writer.get_extra_info("socket")
        client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        writer.transport.abort()
        await native.until(lambda: ConnectionLost in events)

    native.run(break_off())


def test_hanging_up(native: "Native") -> None:
    """The connection is closed when all is written; what is written after that goes nowhere."""
    events: list[Any] = []
    port = native.serve(lambda: Recorder(events))

    async def read() -> bytes:
        reader, _ = await native.meet(port, events)
        transport = events[0].transport
        transport.write(MUCH)
        transport.stopProducing()
        transport.write(b"more")
        assert transport.disconnecting
        received = await reader.read(-1)
        await native.until(lambda: ConnectionDone in events)
        transport.loseWriteConnection()
        return received

    assert native.run(read()) == MUCH


def test_aborting(native: "Native") -> None:
    """An aborted connection is closed at once, and the protocol is told that it was."""
    events: list[Any] = []
    port = native.serve(lambda: Recorder(events))

    async def read() -> bytes:
        reader, _ = await native.meet(port, events)
        transport = events[0].transport
        transport.write(MUCH)
        transport.abortConnection()
        await native.until(lambda: ConnectionAborted in events)
        received = b""
        with suppress(ConnectionResetError):
            received = await reader.read(-1)
        return received

    assert native.run(read()) != MUCH


@implementer(IHalfCloseableProtocol)
class ByHalves(Recorder):
    """Notes also what happens to each half."""

    def readConnectionLost(self) -> None:
        self.events.append("read")

    def writeConnectionLost(self) -> None:
        self.events.append("written")


def test_closing_by_halves(native: "Native") -> None:
    """Each half can be closed for itself, and the protocol is told of both: of its own when all is written."""
    events: list[Any] = []
    port = native.serve(lambda: ByHalves(events))

    async def close() -> bytes:
        reader, writer = await native.connect(port)
        writer.write_eof()
        await native.until(lambda: "read" in events)
        transport = events[0].transport
        transport.write(MUCH)
        transport.loseWriteConnection()
        transport.loseWriteConnection()
        transport.write(b"more")
        assert "written" not in events
        received = await reader.read(-1)
        await native.until(lambda: events[2:] == ["written"])
        transport.loseConnection()
        await native.until(lambda: ConnectionDone in events)
        return received

    assert native.run(close()) == MUCH


def test_closing_half_for_who_does_not_care(native: "Native") -> None:
    """A protocol that does not care for halves can close one all the same; a connection can end before that."""
    events: list[Any] = []
    port = native.serve(lambda: Recorder(events))

    async def close() -> None:
        reader, _ = await native.connect(port)
        await native.connect(port)
        await native.until(lambda: len(events) == 2)
        events[0].transport.loseWriteConnection()
        assert await reader.read(-1) == b""
        events[0].transport.loseConnection()
        events[1].transport.write(MUCH)
        events[1].transport.loseWriteConnection()
        events[1].transport.abortConnection()
        await native.until(lambda: ConnectionAborted in events)
        await asyncio.sleep(0.06)

    native.run(close())


def test_back_pressure(native: "Native") -> None:
    """A producer is told to pause when the client does not read, to resume when it does, and to stop at the end."""
    events: list[Any] = []
    port = native.serve(lambda: Recorder(events))
    producer, late = Producer(), Producer()

    async def press() -> None:
        reader, _ = await native.meet(port, events)
        transport = events[0].transport
        transport.registerProducer(producer, True)
        with pytest.raises(RuntimeError):
            transport.registerProducer(late, True)
        transport.write(MUCH)
        await native.until(lambda: producer.told == ["pause"])
        transport.unregisterProducer()
        transport.registerProducer(late, True)
        assert late.told == ["pause"]
        await reader.readexactly(len(MUCH))
        await native.until(lambda: late.told == ["pause", "resume"])
        transport.loseConnection()
        await asyncio.sleep(0.01)
        assert ConnectionDone not in events
        transport.unregisterProducer()
        await native.until(lambda: ConnectionDone in events)
        transport.registerProducer(producer, True)
        assert producer.told == ["pause", "stop"]

    native.run(press())


def test_nobody_to_press(native: "Native") -> None:
    """Without a producer nobody is told anything."""
    events: list[Any] = []
    port = native.serve(lambda: Recorder(events))

    async def press() -> None:
        reader, _ = await native.meet(port, events)
        events[0].transport.write(MUCH)
        await reader.readexactly(len(MUCH))
        await asyncio.sleep(0.01)

    native.run(press())


def test_producers_that_are_pulled(native: "Native") -> None:
    """A producer that has to be pulled is, whenever there is room; and is stopped with the connection."""
    events: list[Any] = []
    port = native.serve(lambda: Recorder(events))
    producer = Producer()

    async def pull() -> None:
        reader, writer = await native.meet(port, events)
        transport = events[0].transport
        transport.registerProducer(producer, False)
        transport.write(MUCH)
        await asyncio.sleep(0.01)
        pulled = len(producer.told)
        assert set(producer.told) == {"resume"}
        await reader.readexactly(len(MUCH))
        await native.until(lambda: len(producer.told) > pulled)
        writer.close()
        await native.until(lambda: producer.told[-1] == "stop")

    native.run(pull())


def test_sending_a_file(native: "Native") -> None:
    """What protocols send files with works, and the connection may be told at once to end after that."""
    events: list[Any] = []
    port = native.serve(lambda: Recorder(events))

    async def send() -> bytes:
        reader, _ = await native.meet(port, events)
        transport = events[0].transport
        FileSender().beginFileTransfer(BytesIO(MUCH), transport)
        transport.loseConnection()
        return await reader.read(-1)

    assert native.run(send()) == MUCH


def test_a_port_that_listens_no_more(native: "Native") -> None:
    """Nothing that is asked of it afterwards makes it accept again."""
    port = native.serve(lambda: Recorder([]))

    async def stop() -> None:
        await port.stopListening().asFuture(native.loop)
        port.startReading()
        port.stopReading()

    native.run(stop())
    native.ports.clear()


def test_reading_pauses(native: "Native") -> None:
    """While reading is paused nothing arrives; all of it does when it goes on."""
    events: list[Any] = []
    port = native.serve(lambda: Recorder(events))

    async def pause() -> None:
        _, writer = await native.meet(port, events)
        transport = events[0].transport
        transport.pauseProducing()
        writer.write(b"late")
        await asyncio.sleep(0.05)
        assert events[1:] == []
        transport.resumeProducing()
        await native.until(lambda: events[1:] == [b"late"])

    native.run(pause())


class Broken(Recorder):
    """Raises whenever it is told something."""

    def dataReceived(self, data: bytes) -> None:
        raise LookupError

    def connectionLost(self, reason: Any = None) -> None:
        super().connectionLost(reason)
        raise LookupError


def test_a_protocol_that_raises(native: "Native", log: Log) -> None:
    """A protocol that raises is logged, and its connection closed."""
    events: list[Any] = []
    port = native.serve(lambda: Broken(events))

    async def talk() -> None:
        _, writer = await native.connect(port)
        writer.write(b"x")
        await native.until(lambda: ConnectionAborted in events)

    native.run(talk())
    assert len(log.flush(LookupError)) == 2


def test_nobody_at_home(native: "Native") -> None:
    """A factory that wants no connection is asked, and the client hung up on."""
    factory: Any = Factory()
    factory.buildProtocol = lambda _: None
    port: Any = native.reactor.listenTCP(0, factory, interface="127.0.0.1")
    native.ports.append(port)

    async def knock() -> bytes:
        reader, _ = await native.connect(port)
        return await reader.read(-1)

    assert native.run(knock()) == b""


def test_a_factory_that_raises(native: "Native", log: Log) -> None:
    """A factory that raises is logged, and the client hung up on."""
    factory: Any = Factory()
    factory.buildProtocol = {}.__getitem__
    port: Any = native.reactor.listenTCP(0, factory, interface="127.0.0.1")
    native.ports.append(port)

    async def knock() -> bytes:
        reader, _ = await native.connect(port)
        return await reader.read(-1)

    assert native.run(knock()) == b""
    assert len(log.flush(KeyError)) == 1


def test_a_unix_socket(native: "Native", tmp_path: Path) -> None:
    """A socket of the file system will do; it has no options of TCP."""
    events: list[Any] = []
    path = str(tmp_path / "socket")
    port: Any = native.reactor.listenUNIX(path, Factory.forProtocol(lambda: Recorder(events)))
    native.ports.append(port)

    async def talk() -> None:
        _, writer = await asyncio.open_unix_connection(path)
        native.clients.append(writer)
        writer.write(b"x")
        await native.until(lambda: events[1:] == [b"x"])
        assert events[0].transport.getPeer() == UNIXAddress(None)
        assert not ITCPTransport.providedBy(events[0].transport)

    native.run(talk())


def test_accepting_pauses(native: "Native") -> None:
    """While accepting is paused, who comes waits."""
    events: list[Any] = []
    port = native.serve(lambda: Recorder(events))
    port.startListening()

    async def knock() -> None:
        port.stopReading()
        await native.connect(port)
        await asyncio.sleep(0.05)
        assert events == []
        port.startReading()
        await native.until(lambda: events)

    native.run(knock())


class Exhausted:
    """A socket that cannot accept the first time: the process has no more descriptors."""

    def __init__(self, listening: socket.socket) -> None:
        self.listening = listening
        self.tried = 0

    def fileno(self) -> int:
        return self.listening.fileno()

    def accept(self) -> Any:
        self.tried += 1
        if self.tried == 1:
            raise OSError(errno.EMFILE, "too many open files")
        return self.listening.accept()


class Port:
    """A port of a reactor's, as far as another takes its place."""

    def __init__(self, listening: Any, factory: Any) -> None:
        self.socket = listening
        self.factory = factory

    def stopReading(self) -> None:
        """Leave accepting to others."""


def test_no_more_descriptors(native: "Native", monkeypatch: pytest.MonkeyPatch, log: Log) -> None:
    """Where the process has no more descriptors accepting pauses, and is tried again later: nobody is refused."""
    monkeypatch.setattr("service.native.port.RETRY", 0.01)
    events: list[Any] = []
    listening = socket.create_server(("127.0.0.1", 0))
    listening.setblocking(False)
    port = NativePort(Port(Exhausted(listening), Factory.forProtocol(lambda: Recorder(events))), native.loop)

    async def knock() -> None:
        _, writer = await asyncio.open_connection(*listening.getsockname())
        native.clients.append(writer)
        await native.until(lambda: events)
        port.stopReading()
        listening.close()

    native.run(knock())
    assert log.messages("service.native.port") == ["cannot accept: [Errno 24] too many open files"]


def test_an_inherited_socket(native: "Native") -> None:
    """A socket that another process has opened will do as well."""
    events: list[Any] = []
    with socket.create_server(("127.0.0.1", 0)) as inherited:
        inherited.setblocking(False)
        port: Any = native.reactor.adoptStreamPort(
            inherited.fileno(), socket.AF_INET, Factory.forProtocol(lambda: Recorder(events))
        )
    native.ports.append(port)

    async def talk() -> None:
        _, writer = await native.connect(port)
        writer.write(b"x")
        await native.until(lambda: events[1:] == [b"x"])

    native.run(talk())


def test_addresses() -> None:
    """The names of sockets become addresses, of either version of IP."""
    assert as_address(("127.0.0.1", 80)) == IPv4Address("TCP", "127.0.0.1", 80)
    assert as_address(("::1", 80, 0, 0)) == IPv6Address("TCP", "::1", 80)
    assert as_address("/run/socket") == UNIXAddress("/run/socket")
