"""Values, functions and files in a few characters, whatever they do when they are asked to show themselves."""

import functools
import reprlib
import sys
from pathlib import Path
from typing import Any

from attrs import define
from twisted.python.failure import Failure

from service.xray.grid import Side

#: Characters of a value that are shown.
MAX_SHOWN = 80
#: Members of a value that is shown by its type alone if it has more: to sort them, as a repr does, takes its time.
MAX_MEMBERS = 1000
_PLAIN = (type(None), bool, float)
_short = reprlib.Repr()
_short.maxstring = _short.maxother = _short.maxlong = MAX_SHOWN


@define
class Options:
    """Whether values are shown: ``install`` sets that for all threads."""

    values: bool = True


OPTIONS = Options()


def show(value: Any) -> str:
    """Describe a value, or the exception of a failure, in a few characters."""
    kind = type(value)
    if kind in _PLAIN:
        return repr(value)
    try:
        if kind in (str, bytes, bytearray):
            return cut(repr(value if len(value) <= MAX_SHOWN else value[: MAX_SHOWN + 1]))
        if kind in (set, frozenset, dict) and len(value) > MAX_MEMBERS:
            return f"<{kind.__name__} of {len(value)}>"
        if isinstance(value, Failure):
            said = str(value.value)
            return printable(cut(f"{type(value.value).__name__}: {said}" if said else type(value.value).__name__))
        return printable(cut(_short.repr(value)))
    except BaseException:  # noqa: BLE001  a foreign __repr__ may raise anything, and is no business of ours
        return f"<{kind.__name__}>"


def show_if_wanted(value: Any) -> str | None:
    """Describe a value; None if values are not to be shown."""
    return show(value) if OPTIONS.values else None


def cut(text: str) -> str:
    """Cut a text that is too long."""
    return text if len(text) <= MAX_SHOWN else f"{text[: MAX_SHOWN - 1]}…"


def printable(text: str) -> str:
    """Escape what would break a line, or drive a terminal."""
    return text if text.isprintable() else cut(text.encode("unicode_escape").decode())


def side_of(result: Any) -> Side:
    """Tell on which side a result travels."""
    return "errback" if isinstance(result, Failure) else "callback"


def name_of(function: Any) -> str:
    """Name a callback as its module would, without its module; a partial by what it calls, an object by its type."""
    name = getattr(function, "__qualname__", None)
    if type(name) is str:
        return name
    return name_of(function.func) if isinstance(function, functools.partial) else type(function).__qualname__


@functools.cache
def path_of(file: str) -> str:
    """Name a file as it is imported: without the folder of ``sys.path`` that it is in, so that none is given away."""
    folders = [folder for folder in sys.path if folder and Path(file).is_relative_to(folder)]
    return str(Path(file).relative_to(max(folders, key=len))) if folders else file
