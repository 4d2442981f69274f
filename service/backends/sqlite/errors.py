"""Translation of errors from SQLite and the file system."""

import sqlite3
from pathlib import Path

from service.backends.schema import BACKEND, not_set_up
from service.errors import BackendError

#: Primary result codes are the lower eight bits of extended ones.
_PRIMARY = 0xFF
_NO_TABLE = "no such table"
#: Part of SQLite's text -> what that means.
_MEANINGS = {
    "Could not decode to UTF-8": "answered with a malformed user",
    "readonly": "needs write access to its file and its folder, for the write-ahead log",
    "": "cannot be opened",
}


def as_backend_error(error: BaseException | None, path: Path | None = None) -> BackendError | None:
    """Map an error of SQLite or the file system to a ``BackendError``, any other to None.

    ``path`` is that of a file that should exist.
    """
    if not isinstance(error, sqlite3.Error | OSError):
        return None
    is_missing = path is not None and path.parent.is_dir() and not path.exists()
    if is_missing or _NO_TABLE in str(error):
        return not_set_up()
    if is_locked(error):
        return BackendError(BACKEND, "is locked by another process")
    return BackendError(BACKEND, next(meaning for text, meaning in _MEANINGS.items() if text in str(error)))


def is_locked(error: BaseException | None) -> bool:
    """Return whether an error means that another process holds a lock."""
    code = getattr(error, "sqlite_errorcode", None)
    return code is not None and code & _PRIMARY in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
