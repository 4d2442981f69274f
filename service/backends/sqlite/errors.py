"""What SQLite and the file system complain of."""

import sqlite3

from service.backends.user_table import BACKEND, not_set_up
from service.errors import BackendError

#: Primary result codes are the lower eight bits of extended ones.
_PRIMARY = 0xFF
_NO_TABLE = "no such table"
_READ_ONLY = "readonly"


def as_backend_error(error: BaseException | None) -> BackendError | None:
    """Find the error of ours that one of SQLite's amounts to, None if it is something else."""
    if not isinstance(error, sqlite3.Error | OSError):
        return None
    if is_locked(error):
        return BackendError(BACKEND, "is locked by another process")
    if _NO_TABLE in str(error):
        return not_set_up()
    if _READ_ONLY in str(error):
        return BackendError(
            BACKEND, "needs a file and a folder that the service may write to: its write-ahead log is there"
        )
    return BackendError(BACKEND, "cannot be opened")


def is_locked(error: BaseException | None) -> bool:
    """Say whether an error is that another process has a lock."""
    code = getattr(error, "sqlite_errorcode", None)
    return code is not None and code & _PRIMARY in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
