"""The user database in a SQLite file: asked in a thread, so that no disk and no lock stops the reactor."""

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
from service.backends.sqlite.address import file_uri, path_of
from service.backends.sqlite.errors import as_backend_error, is_locked
from service.backends.user_table import BACKEND, as_user
from service.interfaces import IUserDatabase
from service.values import User

#: Seconds for which a lock of another process is waited for, and between two looks at it.
PATIENCE = 0.8
PAUSE = 0.05
#: Seconds that a look-up has to come back from the thread when the service stops.
CLOSING = 0.5


@implementer(IUserDatabase)
@define(kw_only=True, eq=False)
class SQLiteUserDatabase:
    """Looks people up in the file at ``path``, which need not be there yet.

    A lock is waited for by the reactor, and not in the thread, which nobody could tell to stop.
    """

    path: Path
    reactor: Any
    limiter: Limiter
    _pool: ConnectionPool = field(init=False)
    #: Held by the look-up that is in the thread, until it comes back: nobody can call it back.
    _thread: DeferredLock = field(factory=DeferredLock, init=False)
    #: What the open connection was opened on: another file may have been put in its place.
    _opened: tuple[int, int] | None = field(default=None, init=False)

    def __attrs_post_init__(self) -> None:
        self._pool = ConnectionPool(
            "sqlite3",
            file_uri(self.path, "rw"),
            uri=True,
            timeout=0,
            check_same_thread=False,  # the pool closes it from another one
            cp_reactor=self.reactor,
            cp_min=0,
            cp_max=1,
            cp_noisy=False,
        )

    @classmethod
    def from_url(cls, url: str, reactor: Any) -> Self:
        """Make one as ``--database`` asks for it.

        :raise ValueError: if the URL has no path of a file.
        """
        return cls(path=path_of(url), reactor=reactor, limiter=Limiter(backend=BACKEND, clock=reactor, at_once=1))

    def ping(self) -> Deferred[None]:
        """See ``IBackend.ping``."""
        d = self._select("SELECT NULL FROM users LIMIT 0")
        return d.addCallback(lambda _: None)

    def close(self) -> Deferred[None]:
        """See ``IBackend.close``: a thread that a disk keeps is not waited for."""
        d: Deferred[Any] = self._thread.acquire()
        d.addTimeout(CLOSING, self.reactor)
        return d.addCallbacks(lambda _: self._close(), or_leave_it)

    def _close(self) -> None:
        if self._pool.running:
            self._pool.close()
        self._thread.release()

    def get_user(self, username: str) -> Deferred[User | None]:
        """See ``IUserDatabase.get_user``."""
        d = self._select("SELECT username, name FROM users WHERE username = ?", username)
        return d.addCallback(as_user)

    def _select(self, sql: str, *parameters: str) -> Deferred[Any]:
        d = self.limiter.run(self._wait_for_row, self.reactor.seconds() + PATIENCE, sql, parameters)
        return d.addErrback(or_translated, as_backend_error)

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
        """Run a query; in the thread."""
        stat = self.path.stat()
        if self._opened not in (None, (stat.st_dev, stat.st_ino)):
            connection.reconnect()
        self._opened = (stat.st_dev, stat.st_ino)
        return connection.execute(sql, parameters).fetchone()


def or_leave_it(_: Failure) -> None:
    """Be content with a thread that has not come back."""
