"""Standard output and standard error: closed, full or unread, they never stop or block the service."""

import os
import select
import stat
import sys
from contextlib import suppress
from io import TextIOWrapper
from typing import Any, TextIO

from attrs import define, field
from twisted.logger import Logger

_log = Logger()

#: Bytes that a pipe which is writable takes without blocking (POSIX has at least 512, Linux this many).
ATOMIC = 4096


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


@define
class LogStream:
    """A stream for a log: a line that cannot be written immediately is lost, and how many were is logged later.

    A pipe or socket that nobody reads would otherwise block the whole process.
    """

    descriptor: int
    _lost: int = field(default=0, init=False)
    _rest: bytes = field(default=b"", init=False)
    _room: Any = field(default=None, init=False)

    def __attrs_post_init__(self) -> None:
        mode = os.fstat(self.descriptor).st_mode
        if stat.S_ISFIFO(mode):
            # Of a description of its own, so that the pipe does not become non-blocking for others that write to it.
            with suppress(OSError):
                self.descriptor = os.open(f"/proc/self/fd/{self.descriptor}", os.O_WRONLY | os.O_NONBLOCK)
        if stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode):
            self._room = select.poll()
            self._room.register(self.descriptor, select.POLLOUT)

    def write(self, text: str) -> None:
        """Write a line, or lose it."""
        data = text.encode(errors="backslashreplace")
        self._rest = self._write(self._rest)
        left = data if self._rest else self._write(data)
        if left == data:
            self._lost += 1
            return
        self._rest = left
        if self._lost:
            lost, self._lost = self._lost, 0
            _log.warn("{count} lines of the log were lost, because they could not be written", count=lost)

    def flush(self) -> None:
        """See ``TextIO``: nothing waits to be written, except the rest of a line."""

    def _write(self, data: bytes) -> bytes:
        """Write what can be written immediately; return what is left."""
        with suppress(OSError):
            while data and (self._room is None or self._room.poll(0)):
                data = data[os.write(self.descriptor, data if self._room is None else data[:ATOMIC]) :]
        return data
