"""A loop that runs as long as a test wants, and a reactor on it that nobody has installed."""

import asyncio
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import uvloop
from attrs import define, field
from twisted.internet.protocol import Factory, Protocol

from service.native.reactor import NativeReactor

T = TypeVar("T")
LOOPS: dict[str, Callable[[], Any]] = {"asyncio": asyncio.new_event_loop, "uvloop": uvloop.new_event_loop}


@define
class Native:
    """A reactor on a loop, and what is connected to what it serves."""

    loop: Any
    reactor: NativeReactor
    clients: list[asyncio.StreamWriter] = field(factory=list)
    ports: list[Any] = field(factory=list)
    thread: ThreadPoolExecutor = field(factory=lambda: ThreadPoolExecutor(1))

    def run(self, coroutine: Coroutine[Any, Any, T]) -> T:
        """Run the loop until a coroutine is done."""
        result: T = self.call(lambda: self.loop.run_until_complete(asyncio.wait_for(coroutine, 20)))
        return result

    def call(self, function: Callable[[], T]) -> T:
        """Call something in the loop's own thread: in this one another loop may be running."""
        return self.thread.submit(function).result()

    def serve(self, protocol: Callable[[], Any]) -> Any:
        """Listen with a protocol at a free port."""
        port: Any = self.reactor.listenTCP(0, Factory.forProtocol(protocol), interface="127.0.0.1")
        self.ports.append(port)
        return port

    async def connect(self, port: Any) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """Connect to a port."""
        reader, writer = await asyncio.open_connection("127.0.0.1", port.getHost().port)
        self.clients.append(writer)
        return reader, writer

    async def meet(self, port: Any, events: list[Any]) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """Connect to a port, and wait until its ``Recorder`` has noted that."""
        ends = await self.connect(port)
        await self.until(lambda: events)
        return ends

    async def until(self, condition: Callable[[], Any]) -> None:
        """Let the loop turn until something is so."""
        while not condition():
            await asyncio.sleep(0.001)

    def close(self) -> None:
        """Close everything."""
        self.run(self._close())
        self.loop.close()
        self.thread.shutdown()

    async def _close(self) -> None:
        for port in self.ports:
            await port.stopListening().asFuture(self.loop)
        for client in self.clients:
            client.transport.abort()
        await asyncio.sleep(0.01)


class Recorder(Protocol):
    """Notes what happens to it."""

    def __init__(self, events: list[Any]) -> None:
        self.events = events

    def connectionMade(self) -> None:
        self.events.append(self)

    def dataReceived(self, data: bytes) -> None:
        self.events.append(data)

    def connectionLost(self, reason: Any = None) -> None:
        self.events.append(reason.type)
