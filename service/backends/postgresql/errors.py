"""Translation of errors from PostgreSQL, asyncpg and the network."""

import asyncpg

from service.backends.schema import BACKEND, not_set_up
from service.errors import BackendError

#: Errors of a pooled connection whose server has gone away since it was opened.
GONE = (asyncpg.PostgresConnectionError, asyncpg.AdminShutdownError, asyncpg.InternalClientError, ConnectionResetError)
#: Errors of a prepared statement that was prepared on another server, or that another client has prepared.
STATEMENT_GONE = (
    asyncpg.InvalidSQLStatementNameError,
    asyncpg.DuplicatePreparedStatementError,
    asyncpg.ProtocolViolationError,
)
_UNREACHABLE = (OSError, asyncpg.PostgresConnectionError, asyncpg.OperatorInterventionError)
_OTHERS = (asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError)


def as_backend_error(error: BaseException | None) -> BackendError | None:
    """Map an error of asyncpg or the network to a ``BackendError``, any other to None."""
    if isinstance(error, asyncpg.UndefinedTableError):
        return not_set_up()
    if isinstance(error, _UNREACHABLE):
        return BackendError(BACKEND, "cannot be reached")
    if isinstance(error, _OTHERS):
        return BackendError(BACKEND, "refuses to answer")
    return None
