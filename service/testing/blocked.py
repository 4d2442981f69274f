"""What a test does not get to see otherwise: that it waits for a response in the thread of the reactor, for ever.

A blocking client in that thread keeps the reactor from reading its request. A second thread finds that out, answers the
request with what is wrong, and so lets the test go on.
"""

import json
import selectors
import socket
import sys
import sysconfig
import threading
import time
from contextlib import suppress
from types import FrameType
from typing import Any

from attrs import define, field

from service.wire.factory import HTTPFactory

#: Seconds between two looks, and those in which the reactor has to run something.
LOOK_EVERY, PATIENCE = 0.1, 0.5
#: The share of that time that a thread which computes gets of a processor at least, on a busy machine, too.
_COMPUTING = 0.02
_LIBRARIES = tuple(sysconfig.get_paths()[name] for name in ("stdlib", "purelib", "platlib"))
_ADVICE = (
    "so the service cannot answer it: use a Twisted client such as treq, call the blocking one with deferToThread, or "
    "use the fixture ajax_contacts_process"
)


class BlockedReactorError(Exception):
    """A request to a service whose reactor is blocked by the test that waits for the response."""


@define(eq=False)
class Watchdog:
    """Watches whether the reactor, in the thread that calls ``start``, reads what arrives at a port."""

    reactor: Any
    port: Any
    connections: HTTPFactory
    _watched: int = field(factory=threading.get_ident, init=False)
    _stopped: threading.Event = field(factory=threading.Event, init=False)
    _thread: threading.Thread = field(init=False)
    _complaints: list[str] = field(factory=list, init=False)

    def start(self) -> None:
        """Begin to watch."""
        self._thread = threading.Thread(target=self._watch, name="ajax_contacts", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Stop watching."""
        self._stopped.set()
        self._thread.join()

    def complain(self) -> None:
        """Raise ``BlockedReactorError`` if the reactor was blocked."""
        if self._complaints:
            raise BlockedReactorError(self._complaints[0])

    def _watch(self) -> None:
        while not self._stopped.wait(LOOK_EVERY):
            with suppress(OSError, ValueError):  # what is looked at may be closed at any time
                if self._unread() and self._is_blocked():
                    self._answer()

    def _is_blocked(self) -> bool:
        """Return whether the reactor does nothing, while its thread waits for something."""
        done, computed = threading.Event(), self._computed()
        self.reactor.callFromThread(done.set)
        return not done.wait(PATIENCE) and self._computed() - computed < PATIENCE * _COMPUTING

    def _computed(self) -> float:
        return time.clock_gettime(time.pthread_getcpuclockid(self._watched))

    def _unread(self) -> list[Any]:
        """Return the port and the connections at which something has arrived that is not read."""
        sources = [self.port, *(connection.transport for connection in list(self.connections.connections))]
        with selectors.DefaultSelector() as selector:
            for source in sources:
                selector.register(source.fileno(), selectors.EVENT_READ, source)
            return [key.data for key, _ in selector.select(0)]

    def _answer(self) -> None:
        """Answer the requests that are not read, in place of the reactor, and end their connections."""
        complaint = f"{what_blocks(sys._current_frames().get(self._watched))}, {_ADVICE}"  # noqa: SLF001  documented
        for source in self._unread():
            with source.socket.dup() as own:
                if source is self.port:
                    accepted, _ = own.accept()
                    with accepted:
                        respond(accepted, complaint)
                else:
                    respond(own, complaint)
        self._complaints.append(complaint)


def respond(connection: socket.socket, complaint: str) -> None:
    """Read a request, send the response to it, and end the connection."""
    connection.settimeout(PATIENCE)
    connection.recv(65536)
    problem = {
        "type": "about:blank",
        "title": "Blocked reactor",
        "status": 503,
        "code": "blocked_reactor",
        "error": complaint,
    }
    body = json.dumps(problem).encode()
    head = (
        "HTTP/1.1 503 Blocked Reactor\r\nContent-Type: application/problem+json\r\n"
        f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    )
    connection.sendall(head.encode() + body)
    connection.shutdown(socket.SHUT_RDWR)


def what_blocks(frame: FrameType | None) -> str:
    """Say which function of the test waits, and in which function of a library."""
    library = frame
    while frame is not None and frame.f_code.co_filename.startswith(_LIBRARIES):
        library, frame = frame, frame.f_back
    if frame is None or library is None:
        return "the thread of the reactor waits for the response to a request"
    called = f"{library.f_globals.get('__name__')}.{library.f_code.co_name}"
    where = f"{frame.f_code.co_name} ({frame.f_code.co_filename}:{frame.f_lineno})"
    return f"{where} waits in {called} for the response to a request, in the thread of the reactor"
