"""Safe, short representations of values, functions and files."""

import functools
import reprlib
import sys
from pathlib import Path
from typing import Any

from attrs import define
from twisted.python.failure import Failure

#: Maximum characters shown of a value.
MAX_SHOWN = 80
#: A set or dict with more members is shown by its type and size only: its repr sorts them, which is slow.
MAX_MEMBERS = 1000
#: Parts of a value that is shown whole.
MAX_FEW = 4
_PLAIN = (type(None), bool, float)
#: Larger numbers are described when they come, because that takes long.
_WORD = 2**63
_NONE = ("None",)
_short = reprlib.Repr()
_short.maxstring = _short.maxother = _short.maxlong = MAX_SHOWN


@define
class Options:
    """Options for all threads, set by ``install``: whether values are shown."""

    values: bool = True


OPTIONS = Options()


def show(value: Any) -> str:
    """Return a short description of a value, or of the exception in a failure."""
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
        return printable(cut(repr(value) if is_small(value) else _short.repr(value)))
    except KeyboardInterrupt:
        raise
    except BaseException:  # noqa: BLE001  a foreign __repr__ may raise anything
        return f"<{kind.__name__}>"


def is_small(value: Any, depth: int = 2) -> bool:
    """Return whether a value is a short text or number, or one of a few such: its repr is short then, and quick."""
    kind = type(value)
    if kind in (str, bytes):
        return len(value) <= MAX_SHOWN
    if kind is dict:
        return (
            len(value) <= MAX_FEW
            and depth > 0
            and all(is_small(part, depth - 1) for pair in value.items() for part in pair)
        )
    if kind in (list, tuple):
        return len(value) <= MAX_FEW and depth > 0 and all(is_small(part, depth - 1) for part in value)
    return kind in _PLAIN


def keep(value: Any) -> Any:
    """Return what is kept of a value: itself if it is small and cannot change, else its description in a tuple."""
    if value is None:
        return _NONE
    kind = type(value)
    if (kind is str and len(value) <= MAX_SHOWN) or kind is bool or (kind is int and -_WORD < value < _WORD):
        return value
    return (show(value),)


def keep_if_wanted(value: Any) -> Any:
    """Return what is kept of a value; None if values are not shown."""
    return keep(value) if OPTIONS.values else None


def text_of(kept: Any) -> str | None:
    """Return the description of what was kept of a value; None stays None."""
    if type(kept) is tuple:
        text: str = kept[0]
        return text
    return None if kept is None else show(kept)


def cut(text: str) -> str:
    """Truncate a text to ``MAX_SHOWN`` characters."""
    return text if len(text) <= MAX_SHOWN else f"{text[: MAX_SHOWN - 1]}…"


def printable(text: str) -> str:
    """Escape line breaks, terminal controls and other unprintable characters."""
    return text if text.isprintable() else cut(text.encode("unicode_escape").decode())


def name_of(function: Any) -> str:
    """Return the qualified name of a callback: for a partial its function's, for an object its type's."""
    name = getattr(function, "__qualname__", None)
    if type(name) is str:
        return name
    return name_of(function.func) if isinstance(function, functools.partial) else type(function).__qualname__


@functools.cache
def path_of(file: str) -> str:
    """Return a path relative to its folder in ``sys.path``, so that the folder is not disclosed."""
    folders = [folder for folder in sys.path if folder and Path(file).is_relative_to(folder)]
    return str(Path(file).relative_to(max(folders, key=len))) if folders else file
