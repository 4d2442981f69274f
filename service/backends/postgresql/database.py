"""The user database on a PostgreSQL server, through asyncpg: it needs a reactor that runs on asyncio's loop."""

from typing import Any, Self

import asyncpg
from attrs import define, field
from twisted.internet.defer import Deferred, succeed
from twisted.python.failure import Failure
from zope.interface import implementer

from service.backends.failures import or_translated
from service.backends.limiter import DEADLINE, Limiter
from service.backends.postgresql.address import connection_arguments
from service.backends.postgresql.errors import GONE, as_backend_error
from service.backends.postgresql.tasks import Tasks
from service.backends.user_table import BACKEND, as_user
from service.errors import TimedOut
from service.interfaces import IUserDatabase
from service.values import User

#: Connections of one process.
CONNECTIONS = 10
#: Times that a query is sent, where the connection it was sent on turns out to be gone.
ATTEMPTS = 3
#: Seconds for the connections to close in good order, and for a server to confirm that it has stopped a query: a
#: connection on which it does not is cut, for it may be one that died without a word.
CLOSING = 0.5
STOPPING = 1.0


@implementer(IUserDatabase)
@define(kw_only=True, eq=False)
class PostgreSQLUserDatabase:
    """Looks people up in the table ``users`` of the database that ``arguments``, those of asyncpg, lead to.

    Nothing is connected to before something is asked for, so that the server need not be there yet.
    """

    arguments: dict[str, Any] = field(repr=False)
    limiter: Limiter
    _tasks: Tasks = field(factory=Tasks, init=False)
    _pool: Any = field(default=None, init=False)

    @classmethod
    def from_url(cls, url: str, reactor: Any) -> Self:
        """Make one as ``--database`` asks for it.

        :raise ValueError: if it is no such URL.
        """
        limiter = Limiter(backend=BACKEND, clock=reactor, at_once=CONNECTIONS)
        return cls(arguments=connection_arguments(url), limiter=limiter)

    def ping(self) -> Deferred[None]:
        """See ``IBackend.ping``."""
        d = self._select("SELECT NULL FROM users LIMIT 0")
        return d.addCallback(lambda _: None)

    def close(self) -> Deferred[None]:
        """See ``IBackend.close``: a server that is frozen would keep a close in good order waiting for ever."""
        if self._pool is None:
            return succeed(None)
        d = self._tasks.run(self._pool.close())  # terminates the connections if it is cancelled
        d.addTimeout(CLOSING, self.limiter.clock)
        return d.addErrback(or_terminated)

    def get_user(self, username: str) -> Deferred[User | None]:
        """See ``IUserDatabase.get_user``."""
        if "\0" in username:
            return succeed(None)  # a character that no text of PostgreSQL can have
        d = self._select("SELECT username, name FROM users WHERE username = $1", username)
        return d.addCallback(as_user)

    def _select(self, sql: str, *parameters: str) -> Deferred[Any]:
        d = self.limiter.run(lambda: self._tasks.run(self._fetch_row(sql, *parameters)))
        d.addErrback(self._or_expire)
        return d.addErrback(or_translated, as_backend_error)

    def _or_expire(self, failure: Failure) -> Failure:
        """Trust none of the connections any more when one has not answered in time; pass the failure on."""
        if failure.check(TimedOut) and self._pool is not None:
            self._tasks.run(self._pool.expire_connections()).addErrback(or_terminated)
        return failure

    async def _fetch_row(self, sql: str, *parameters: str) -> Any:
        """Run a query; it only reads, so that it may be sent again."""
        for _ in range(ATTEMPTS - 1):
            try:
                return await self._fetch_row_once(sql, *parameters)
            except GONE:
                continue
        return await self._fetch_row_once(sql, *parameters)

    async def _fetch_row_once(self, sql: str, *parameters: str) -> Any:
        if self._pool is None:
            self._pool = asyncpg.create_pool(
                **self.arguments,
                min_size=0,
                max_size=CONNECTIONS,
                timeout=DEADLINE,
                command_timeout=STOPPING,
                reset=leave_as_it_is,
            )
        await self._pool  # ready at once: it connects to nothing yet
        async with self._pool.acquire(timeout=DEADLINE) as connection:
            return await connection.fetchrow(sql, *parameters, timeout=DEADLINE)


async def leave_as_it_is(_: object) -> None:
    """Spare a round trip: a look-up leaves nothing behind on its connection."""


def or_terminated(_: Failure) -> None:
    """Be content with connections that were cut."""
