"""Translation of errors from SQLite and the file system."""

import sqlite3

from service.backends.schema import BACKEND, not_set_up
from service.errors import BackendError

#: Primary result codes are the lower eight bits of extended ones.
_PRIMARY = 0xFF
_NO_TABLE = "no such table"
_READ_ONLY = "readonly"


def as_backend_error(error: BaseException | None) -> BackendError | None:
    """Map an error of SQLite or the file system to a ``BackendError``, any other to None."""
    if not isinstance(error, sqlite3.Error | OSError):
        return None
    if is_locked(error):
        return BackendError(BACKEND, "is locked by another process")
    if _NO_TABLE in str(error):
        return not_set_up()
    if _READ_ONLY in str(error):
        return BackendError(BACKEND, "needs write access to its file and its folder, for the write-ahead log")
    return BackendError(BACKEND, "cannot be opened")


def is_locked(error: BaseException | None) -> bool:
    """Return whether an error means that another process holds a lock."""
    code = getattr(error, "sqlite_errorcode", None)
    return code is not None and code & _PRIMARY in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
