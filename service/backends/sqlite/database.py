"""The user database in a SQLite file: queried in a thread so that disk access does not block the reactor."""

from functools import partial
from pathlib import Path
from typing import Any, Self

from attrs import define, field
from twisted.enterprise.adbapi import Connection, ConnectionPool
from twisted.internet.defer import Deferred, DeferredLock
from twisted.internet.task import deferLater
from twisted.python.failure import Failure
from zope.interface import implementer

from service.backends.cancelling import shielded
from service.backends.failures import or_translated
from service.backends.limiter import Limiter
from service.backends.schema import BACKEND, as_user
from service.backends.sqlite.address import file_uri, path_of
from service.backends.sqlite.errors import as_backend_error, is_locked
from service.interfaces import IUserDatabase
from service.tracing import Caller
from service.values import User

#: Seconds to wait for a lock of another process, and between two attempts.
PATIENCE = 0.8
PAUSE = 0.05
#: Seconds for a look-up to return from the thread when the service stops.
CLOSING = 0.5


@implementer(IUserDatabase)
@define(kw_only=True, eq=False)
class SQLiteUserDatabase:
    """A user database in the file at ``path``, which need not exist yet.

    The reactor waits for a lock by retrying: a wait in the thread could not be cancelled.
    """

    path: Path
    reactor: Any
    limiter: Limiter
    _pool: ConnectionPool = field(init=False)
    #: Held by the look-up in the thread until it returns, since it cannot be interrupted.
    _thread: DeferredLock = field(factory=DeferredLock, init=False)
    #: Device and inode of the file behind the connection: another file may have replaced it.
    _opened: tuple[int, int] | None = field(default=None, init=False)

    def __attrs_post_init__(self) -> None:
        self._pool = ConnectionPool(
            "sqlite3",
            file_uri(self.path, "rw"),
            uri=True,
            timeout=0,
            check_same_thread=False,  # the pool closes it from another thread
            cp_reactor=self.reactor,
            cp_min=0,
            cp_max=1,
            cp_noisy=False,
        )

    @classmethod
    def from_url(cls, url: str, reactor: Any) -> Self:
        """Make the database for the URL of ``--database``.

        :raise ValueError: if the URL does not have a file path.
        """
        return cls(path=path_of(url), reactor=reactor, limiter=Limiter(backend=BACKEND, clock=reactor, at_once=1))

    def ping(self) -> Deferred[None]:
        d = self._select("SELECT NULL FROM users LIMIT 0")
        return d.addCallback(lambda _: None)

    def close(self) -> Deferred[None]:
        """See ``IBackend.close``: a look-up that is stuck in the thread is abandoned."""
        d: Deferred[Any] = self._thread.acquire()
        d.addTimeout(CLOSING, self.reactor)
        return d.addCallbacks(lambda _: self._close(), or_leave_it)

    def _close(self) -> None:
        if self._pool.running:
            self._pool.close()
        self._thread.release()

    def get_user(self, username: str, caller: Caller | None = None) -> Deferred[User | None]:  # noqa: ARG002  a database is not told
        """See ``IUserDatabase.get_user``."""
        d = self._select("SELECT username, name FROM users WHERE username = ?", username)
        return d.addCallback(as_user)

    def _select(self, sql: str, *parameters: str) -> Deferred[Any]:
        d = self.limiter.run(self._wait_for_row, self.reactor.seconds() + PATIENCE, sql, parameters)
        return d.addErrback(or_translated, partial(as_backend_error, path=self.path))

    def _wait_for_row(self, until: float, sql: str, parameters: tuple[str, ...]) -> Deferred[Any]:
        d: Deferred[Any] = self._thread.acquire()
        d.addCallback(lambda _: shielded(self._in_thread(sql, parameters)))
        return d.addErrback(self._or_try_again, until, sql, parameters)

    def _in_thread(self, sql: str, parameters: tuple[str, ...]) -> Deferred[Any]:
        d: Deferred[Any] = self._pool.runWithConnection(self._fetch_row, sql, parameters)
        return d.addBoth(self._leave_thread)

    def _leave_thread(self, result: Any) -> Any:
        self._thread.release()
        return result

    def _or_try_again(self, failure: Failure, until: float, *query: Any) -> Failure | Deferred[Any]:
        if not is_locked(failure.value) or self.reactor.seconds() >= until:
            return failure
        return deferLater(self.reactor, PAUSE, self._wait_for_row, until, *query)

    def _fetch_row(self, connection: Connection, sql: str, parameters: tuple[str, ...]) -> Any:
        """Run a query in the thread; reconnect first if the file was replaced."""
        stat = self.path.stat()
        if self._opened not in (None, (stat.st_dev, stat.st_ino)):
            connection.reconnect()
        self._opened = (stat.st_dev, stat.st_ino)
        return connection.execute(sql, parameters).fetchone()


def or_leave_it(_: Failure) -> None:
    """Ignore a look-up that has not returned in time."""
