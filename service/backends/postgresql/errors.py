"""What PostgreSQL, asyncpg and the network complain of."""

import asyncpg

from service.backends.user_table import BACKEND, not_set_up
from service.errors import BackendError

#: How a connection that was fine yesterday says that its server is no longer there.
GONE = (
    asyncpg.PostgresConnectionError,
    asyncpg.AdminShutdownError,
    asyncpg.InternalClientError,
    ConnectionResetError,
)
_UNREACHABLE = (OSError, asyncpg.PostgresConnectionError, asyncpg.OperatorInterventionError)
_OTHERS = (asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError)


def as_backend_error(error: BaseException | None) -> BackendError | None:
    """Find the error of ours that one of asyncpg's amounts to, None if it is something else."""
    if isinstance(error, asyncpg.UndefinedTableError):
        return not_set_up()
    if isinstance(error, _UNREACHABLE):
        return BackendError(BACKEND, "cannot be reached")
    if isinstance(error, _OTHERS):
        return BackendError(BACKEND, "refuses to answer")
    return None
