"""A way into a running program: a Unix domain socket that answers ``python -m deferred_xray``, and a signal."""

import os
import signal
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

from twisted.internet.protocol import Factory
from twisted.protocols.basic import LineReceiver

from .live import record_numbered
from .record import Record
from .text import as_text, place_in_text
from .tree import tree
from .warnings import warnings
from .watch import waiting

#: How an answer begins that says what is wrong.
ERROR = "error: "


class Questions(LineReceiver):
    """Answers one line with text, and ends the connection."""

    delimiter = b"\n"
    factory: Any

    def lineReceived(self, line: bytes) -> None:
        answer = answer_to(line.decode(errors="replace").split(), control=self.factory.control)
        transport: Any = self.transport
        transport.write(f"{answer}\n".encode())
        transport.loseConnection()


class QuestionsFactory(Factory):
    """Makes the connections; ``control`` says whether they may cancel Deferreds."""

    protocol = Questions
    noisy = False

    def __init__(self, *, control: bool) -> None:
        self.control = control


def listen(path: str | os.PathLike[str], reactor: Any = None, *, control: bool = False) -> Any:
    """Answer questions at a Unix domain socket, which only this user may open: ``python -m deferred_xray PATH tree``.

    :param reactor: the global one by default.
    :param control: whether Deferreds may be cancelled from there.
    :return: the port, with ``stopListening``.
    :raise twisted.internet.error.CannotListenError: if something else listens there.
    """
    if reactor is None:
        from twisted.internet import reactor
    before = os.umask(0o177)  # so that the socket never was open to others
    try:
        return reactor.listenUNIX(os.fspath(path), QuestionsFactory(control=control), mode=0o600, wantPID=True)
    finally:
        os.umask(before)


def on_signal(number: int, file: str | os.PathLike[str]) -> None:
    """Append the tree to a file whenever the process gets a signal, such as ``signal.SIGUSR1``."""

    def dump(_: int, __: FrameType | None) -> None:
        with Path(file).open("a", encoding="utf-8") as stream:
            stream.write(f"{as_text(tree())}\n\n")

    signal.signal(number, dump)


def answer_to(words: list[str], *, control: bool) -> str:
    """Answer a question: a command and, for some, the number of a Deferred."""
    command, *arguments = words or [""]
    if command in _ABOUT_ALL and not arguments:
        return _ABOUT_ALL[command]()
    if command in _ABOUT_ONE and len(arguments) == 1:
        found = record_numbered(arguments[0].removeprefix("#"))
        if found is None:
            return f"{ERROR}no live Deferred has the number {arguments[0]}"
        if command == "cancel" and not control:
            return f"{ERROR}the program does not allow that: it has to call listen(path, control=True)"
        return _ABOUT_ONE[command](found)
    return f"{ERROR}expected {', '.join(_ABOUT_ALL)}, or one of {', '.join(_ABOUT_ONE)} with the number of a Deferred"


def where(record: Record) -> str:
    """Say where a Deferred was made, and where the generators and coroutines wait whose result it is."""
    waits = [f"waits in {place_in_text(place)}" for place in record.waits_in]
    return "\n".join([f"made in {place_in_text(record.origin)}", *waits])


def cancel(record: Record) -> str:
    """Cancel a Deferred."""
    deferred: Any = record()  # which lives, as its record was found
    deferred.cancel()
    return f"cancelled #{record.number}"


_ABOUT_ALL: dict[str, Callable[[], str]] = {
    "tree": lambda: as_text(tree()),
    "waiting": lambda: "\n".join(f"#{grid.number} {as_text(grid)}" for grid in waiting()) or "nothing waits",
    "warnings": lambda: as_text(warnings()),
}
_ABOUT_ONE: dict[str, Callable[[Record], str]] = {
    "grid": lambda record: as_text(record.frozen()),
    "where": where,
    "cancel": cancel,
}
