"""A server that answers each line, a username, with a line, a JSON list of contacts, after ``BENCH_WAIT`` seconds."""

import asyncio
import json
import sys
from typing import Any

import uvloop

from tests.bench.apps.backend import CONTACTS, WAIT


class LineServer(asyncio.Protocol):
    """A connection, for one look-up at a time."""

    transport: Any
    _received = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self._received += data
        if self._received.endswith(b"\n"):
            username, self._received = self._received[:-1].decode(), b""
            line = json.dumps(CONTACTS.get(username)).encode() + b"\n"
            asyncio.get_running_loop().call_later(WAIT, self.transport.write, line)


async def main(port: int) -> None:
    server = await asyncio.get_running_loop().create_server(LineServer, "127.0.0.1", port, backlog=8192)
    await server.serve_forever()


uvloop.run(main(int(sys.argv[1])))
