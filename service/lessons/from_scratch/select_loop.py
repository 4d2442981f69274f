"""An event loop on ``select``, which serves names line by line: ``python -m service.lessons.from_scratch.select_loop``.

One thread serves every client, because no socket is waited for alone. But while ``answer`` runs nothing else does: ask
for ``sleep``, and all other clients wait for it as well.
"""

import select
import socket
import time
from contextlib import suppress

NAMES = {b"dustin": b"Dustin", b"karl": b"Karl"}


def answer(line: bytes) -> bytes:
    """Return the name of a user; ``sleep`` blocks for a second, as a slow query without a Deferred would."""
    if line == b"sleep":
        time.sleep(1)
    return NAMES.get(line, b"(unknown)")


class Loop:
    """A server of lines on a port of its own: ``serve`` runs until there is nothing to wait for."""

    def __init__(self) -> None:
        self.listener = socket.create_server(("127.0.0.1", 0))
        #: What each client has sent since its last whole line, and what is still to be sent to it.
        self.received: dict[socket.socket, bytes] = {}
        self.unsent: dict[socket.socket, bytes] = {}

    def serve(self) -> None:
        """Wait for any of the sockets, and do what can be done without waiting; forever."""
        while True:
            full = [client for client, data in self.unsent.items() if data]
            readable, writable, _ = select.select([self.listener, *self.received], full, [])
            for client in writable:
                self.write(client)
            for client in readable:
                if client is self.listener:
                    self.welcome()
                else:
                    self.read(client)

    def welcome(self) -> None:
        """Accept a client."""
        client, _ = self.listener.accept()
        client.setblocking(False)
        self.received[client] = self.unsent[client] = b""

    def read(self, client: socket.socket) -> None:
        """Read what a client has sent, and answer each whole line; forget it if it has gone."""
        data = b""
        with suppress(ConnectionError):
            data = client.recv(4096)
        if not data:
            del self.received[client], self.unsent[client]
            client.close()
            return
        *lines, self.received[client] = (self.received[client] + data).split(b"\r\n")
        self.unsent[client] += b"".join(answer(line) + b"\r\n" for line in lines)

    def write(self, client: socket.socket) -> None:
        """Send a client what fits; that it has gone is noticed when it is read."""
        with suppress(ConnectionError):
            self.unsent[client] = self.unsent[client][client.send(self.unsent[client]) :]


if __name__ == "__main__":
    loop = Loop()
    print(loop.listener.getsockname()[1], flush=True)
    with suppress(KeyboardInterrupt):
        loop.serve()
