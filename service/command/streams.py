"""Standard output and standard error: closed, full or unread, they never stop or block the service."""

import os
import select
import stat
import sys
from collections import deque
from collections.abc import Iterator
from io import TextIOWrapper
from typing import Any, TextIO

from attrs import define, field
from twisted.internet.interfaces import IDelayedCall, IReactorTime
from twisted.logger import Logger

_log = Logger()

#: Bytes that a pipe takes whole or not at all (PIPE_BUF; POSIX has at least 512, Linux this many): workers share it.
ATOMIC = 4096
#: Bytes that may wait to be written, and seconds until that is tried again.
MAX_WAITING, RETRY = 1024 * 1024, 0.1


def open_standard_streams() -> None:
    """Open those of descriptors 0 to 2 that are closed, so that no socket gets their numbers and what is printed."""
    for descriptor, name in enumerate(("stdin", "stdout", "stderr")):
        try:
            os.fstat(descriptor)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # the lowest number that is free
        if getattr(sys, name) is None:
            setattr(sys, name, os.fdopen(descriptor, "r" if descriptor == 0 else "w", encoding="utf-8"))

    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # the C locale cannot print every name


def say(stream: TextIO, text: str) -> None:
    """Print text; if that is impossible, nobody reads it anyway."""
    try:
        stream.write(text)
        stream.flush()
    except OSError:
        discard(stream)


def discard(stream: TextIO) -> None:
    """Send all further output of a stream nowhere; Python would fail to flush it at exit."""
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, stream.fileno())
    os.close(null)


@define(eq=False)
class LogStream:
    """A stream for a log: what cannot be written immediately waits.

    When too much waits, further lines are lost, and how many is logged later. A pipe, socket or terminal that nobody
    reads would otherwise block the whole process.
    """

    descriptor: int
    clock: IReactorTime
    _waiting: deque[bytes] = field(factory=deque, init=False)
    _size: int = field(default=0, init=False)
    _lost: int = field(default=0, init=False)
    _timer: IDelayedCall | None = field(default=None, init=False)
    _most: int = field(default=MAX_WAITING, init=False)
    _room: Any = field(default=None, init=False)

    def __attrs_post_init__(self) -> None:
        mode = os.fstat(self.descriptor).st_mode
        if not (stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode) or os.isatty(self.descriptor)):
            return
        self._most = ATOMIC
        try:
            # A description of its own: the one that this process has inherited must not become non-blocking for others.
            self.descriptor = os.open(f"/proc/self/fd/{self.descriptor}", os.O_WRONLY | os.O_NONBLOCK | os.O_NOCTTY)
        except OSError:  # sockets have none, and a pipe may be another user's
            self._room = select.poll()
            self._room.register(self.descriptor, select.POLLOUT)

    def write(self, text: str) -> None:
        """Write lines, let them wait, or lose them."""
        data = text.encode(errors="backslashreplace")
        self._waiting.extend(pieces_of(data, self._most))
        self._size += len(data)
        self.flush()
        while self._size > MAX_WAITING:
            piece = self._waiting.pop()
            self._size -= len(piece)
            self._lost += piece.count(b"\n")

    def flush(self) -> None:
        """Write what waits, as far as that is possible immediately."""
        try:
            while self._waiting and (self._room is None or self._room.poll(0)):
                piece = self._waiting[0]
                sent = os.write(self.descriptor, piece)
                self._size -= sent
                if sent < len(piece):
                    self._waiting[0] = piece[sent:]
                else:
                    self._waiting.popleft()
        except BlockingIOError:
            pass
        except OSError:  # the reader is gone, or the disk is full
            self._lost += sum(piece.count(b"\n") for piece in self._waiting)
            self._waiting.clear()
            self._size = 0
            return
        if self._waiting:
            if self._timer is None:
                self._timer = self.clock.callLater(RETRY, self._retry)
        elif self._lost:
            lost, self._lost = self._lost, 0
            _log.warn("{count} lines of the log were lost, because they could not be written", count=lost)

    def _retry(self) -> None:
        self._timer = None
        self.flush()


def open_log(stream: TextIO, clock: IReactorTime) -> Any:
    """Return a stream for a log that writes where ``stream`` does, which need not be writable."""
    try:
        return LogStream(stream.fileno(), clock)
    except OSError:  # a stream in memory
        return stream


def pieces_of(data: bytes, most: int) -> Iterator[bytes]:
    """Split whole lines into pieces of at most ``most`` bytes, and longer ones anywhere."""
    start = 0
    while len(data) - start > most:
        end = data.rfind(b"\n", start, start + most) + 1 or start + most
        yield data[start:end]
        start = end
    yield data[start:]
