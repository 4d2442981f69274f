"""The user database on a PostgreSQL server, through asyncpg: it needs a reactor on an asyncio event loop."""

from typing import Any, Self

import asyncpg
from attrs import define, field
from twisted.internet.defer import Deferred, succeed
from twisted.logger import Logger
from twisted.python.failure import Failure
from zope.interface import implementer

from service.backends.failures import or_translated
from service.backends.limiter import DEADLINE, Limiter
from service.backends.postgresql.address import connection_arguments, hosts_in
from service.backends.postgresql.connecting import connect_to_any
from service.backends.postgresql.errors import GONE, STATEMENT_GONE, as_backend_error
from service.backends.postgresql.tasks import Tasks
from service.backends.schema import BACKEND, as_user
from service.errors import TimedOut
from service.interfaces import IUserDatabase
from service.tracing import Caller
from service.values import User

_log = Logger()

#: Connections per process.
CONNECTIONS = 10
#: Attempts at a query whose connection turns out to be gone.
ATTEMPTS = 3
#: Seconds for a graceful close of the connections, and for a server to confirm that it has cancelled a query: without
#: the confirmation the connection is terminated, since it may be dead.
CLOSING = 0.5
STOPPING = 1.0


@implementer(IUserDatabase)
@define(kw_only=True, eq=False)
class PostgreSQLUserDatabase:
    """A user database in the table ``users`` on a server; ``arguments`` are those of ``asyncpg.connect``.

    It connects on the first query, to the first of the ``hosts`` that answers, so that the server need not be up yet.
    """

    arguments: dict[str, Any] = field(repr=False)
    hosts: list[dict[str, Any]]
    limiter: Limiter
    _tasks: Tasks = field(factory=Tasks, init=False)
    _pool: Any = field(default=None, init=False)
    #: Whether prepared statements last on the server, as far as is known.
    _prepares: bool = field(default=True, init=False)

    @classmethod
    def from_url(cls, url: str, reactor: Any) -> Self:
        """Make the database for the URL of ``--database``.

        :raise ValueError: if the URL is invalid; its text says what is expected.
        """
        limiter = Limiter(backend=BACKEND, clock=reactor, at_once=CONNECTIONS)
        return cls(arguments=connection_arguments(url), hosts=hosts_in(url), limiter=limiter)

    def ping(self) -> Deferred[None]:
        d = self._select("SELECT NULL FROM users LIMIT 0")
        return d.addCallback(lambda _: None)

    def close(self) -> Deferred[None]:
        """See ``IBackend.close``: it has a deadline, since a frozen server never completes a graceful close."""
        if self._pool is None:
            return succeed(None)
        d = self._tasks.run(self._pool.close())  # terminates the connections if it is cancelled
        d.addTimeout(CLOSING, self.limiter.clock)
        return d.addErrback(or_terminated)

    def get_user(self, username: str, caller: Caller | None = None) -> Deferred[User | None]:  # noqa: ARG002  a database is not told
        """See ``IUserDatabase.get_user``."""
        if "\0" in username:
            return succeed(None)  # text in PostgreSQL cannot contain it
        d = self._select("SELECT username, name FROM users WHERE username = $1", username)
        return d.addCallback(as_user)

    def _select(self, sql: str, *parameters: str) -> Deferred[Any]:
        d = self.limiter.run(lambda: self._tasks.run(self._fetch_row(sql, *parameters)))
        d.addErrback(self._or_expire)
        return d.addErrback(or_translated, as_backend_error)

    def _or_expire(self, failure: Failure) -> Failure:
        """Expire all connections after a timeout, since they may be dead; pass the failure on."""
        if failure.check(TimedOut) and self._pool is not None:
            self._tasks.run(self._pool.expire_connections()).addErrback(or_terminated)
        return failure

    async def _fetch_row(self, sql: str, *parameters: str) -> Any:
        """Run a query and retry it if the connection is gone, which is safe because it only reads."""
        for _ in range(ATTEMPTS - 1):
            try:
                return await self._fetch_row_once(sql, *parameters)
            except STATEMENT_GONE:
                await self._prepare_no_statements()
            except GONE:
                continue
        return await self._fetch_row_once(sql, *parameters)

    async def _prepare_no_statements(self) -> None:
        """Replace the connections by ones without prepared statements, which PgBouncer may send to another server."""
        if self._prepares:
            _log.info("prepared statements do not last on this server: none will be used")
            self._prepares = False
            await self._pool.expire_connections()

    async def _connect(self, dsn: str, **arguments: Any) -> Any:
        if not self._prepares:
            arguments["statement_cache_size"] = 0
        return await connect_to_any(self.hosts, dsn, **arguments)

    async def _fetch_row_once(self, sql: str, *parameters: str) -> Any:
        if self._pool is None:
            self._pool = asyncpg.create_pool(
                connect=self._connect,
                **{"timeout": DEADLINE / len(self.hosts)} | self.arguments,
                min_size=0,
                max_size=CONNECTIONS,
                command_timeout=STOPPING,
                reset=leave_as_it_is,
            )
        await self._pool  # ready immediately: it does not connect yet
        async with self._pool.acquire(timeout=DEADLINE) as connection:
            return await connection.fetchrow(sql, *parameters, timeout=DEADLINE)


async def leave_as_it_is(_: object) -> None:
    """Skip the reset of a connection, which takes a round trip: a look-up leaves nothing to reset."""


def or_terminated(_: Failure) -> None:
    """Ignore a failure to close connections gracefully: they are terminated."""
