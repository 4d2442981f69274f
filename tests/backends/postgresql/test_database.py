"""The user database on a PostgreSQL server."""

import socket
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import asyncpg
import pytest
from pytest_twisted import async_yield_fixture, blockon, ensureDeferred
from twisted.internet.defer import CancelledError, gatherResults
from twisted.internet.threads import deferToThread
from twisted.protocols import portforward

from service.backends.postgresql.address import APPLICATION, connection_arguments
from service.backends.postgresql.administration import import_users, migrate
from service.backends.postgresql.database import PostgreSQLUserDatabase
from service.backends.postgresql.tasks import Tasks
from service.errors import BackendError, TimedOut
from service.values import User
from tests.client import PATIENCE
from tests.log import Log
from tests.servers.pgbouncer import PgBouncer, start_pgbouncer
from tests.servers.postgresql import PASSWORD, USER, PostgreSQL
from tests.servers.programs import free_port

DUSTIN = User("dustin", "Dustin")
#: Counts the service's active queries on the server.
AT_WORK = f"SELECT count(*) FROM pg_stat_activity WHERE application_name = '{APPLICATION}' AND state = 'active'"
#: Terminates each connection with an active query, as a restart does.
TERMINATE = (
    f"SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
    f" WHERE application_name = '{APPLICATION}' AND state = 'active'"
)

#: What is logged once statements are known not to last.
NO_STATEMENTS = "prepared statements do not last on this server: none will be used"


class Way(portforward.ProxyFactory):
    """A proxy to the server that can go silent on its open connections."""

    noisy = False

    def __init__(self, host: str, port: int) -> None:
        super().__init__(host, port)
        self.connections: list[Any] = []

    def buildProtocol(self, address: Any) -> Any:
        """See ``IProtocolFactory``."""
        self.connections.append(super().buildProtocol(address))
        return self.connections[-1]

    def fall_silent(self) -> None:
        """Drop all further data on the open connections."""
        for connection in self.connections:
            connection.dataReceived = connection.peer.dataReceived = lambda data: None

    def hang_up(self) -> None:
        """Abort all connections."""
        for connection in self.connections:
            connection.transport.abortConnection()


@pytest.fixture
def server(postgresql: PostgreSQL) -> PostgreSQL:
    """The server, with at least one user."""
    blockon(deferToThread(migrate, postgresql.url))
    blockon(deferToThread(import_users, postgresql.url, [DUSTIN]))
    return postgresql


@pytest.fixture
def database(server: PostgreSQL, running_reactor: Any) -> Iterator[PostgreSQLUserDatabase]:
    database = PostgreSQLUserDatabase.from_url(server.url, running_reactor)
    yield database
    blockon(database.close())


@pytest.fixture
def pooler(server: PostgreSQL) -> Iterator[PgBouncer]:
    pooler = start_pgbouncer(server)
    yield pooler
    pooler.remove()


@async_yield_fixture
async def lock(server: PostgreSQL) -> AsyncIterator[Any]:
    """A lock on the table that blocks every look-up."""
    tasks = Tasks()
    arguments = connection_arguments(server.url) | {"server_settings": {"application_name": "lock"}}
    connection = await tasks.run(asyncpg.connect(**arguments))
    transaction = connection.transaction()
    await tasks.run(transaction.start())
    await tasks.run(connection.execute("LOCK TABLE users IN ACCESS EXCLUSIVE MODE"))
    yield lambda: tasks.run(transaction.rollback())
    await tasks.run(connection.close())


async def wait_until_at_work(server: PostgreSQL, number: int) -> None:
    """Wait until the server has that number of active queries from the service."""
    at_work, deadline = "", time.monotonic() + PATIENCE
    while at_work != str(number):
        assert time.monotonic() < deadline, f"{at_work} instead of {number}"
        at_work = await deferToThread(server.sql, AT_WORK)


@ensureDeferred
async def test_cancelling_reaches_the_server(server: PostgreSQL, database: PostgreSQLUserDatabase, lock: Any) -> None:
    """Cancelling a look-up cancels its query on the server, and the connection can be reused."""
    waiting = [database.get_user("dustin") for _ in range(3)]
    await wait_until_at_work(server, 3)
    for d in waiting:
        d.cancel()
        with pytest.raises(CancelledError):
            await d
    await wait_until_at_work(server, 0)
    await lock()
    assert await database.get_user("dustin") == DUSTIN


@ensureDeferred
async def test_connections_that_are_cut(server: PostgreSQL, database: PostgreSQLUserDatabase, lock: Any) -> None:
    """A look-up whose connection is cut is retried on another one."""
    waiting = [database.get_user("dustin") for _ in range(3)]
    await wait_until_at_work(server, 3)
    await deferToThread(server.sql, TERMINATE)
    await wait_until_at_work(server, 3)
    await lock()
    assert await gatherResults(waiting) == [DUSTIN] * 3


@ensureDeferred
async def test_connections_that_are_cut_again_and_again(
    server: PostgreSQL, database: PostgreSQLUserDatabase, lock: Any
) -> None:
    """A look-up is sent at most three times."""
    d = database.get_user("dustin")
    for _ in range(3):
        await wait_until_at_work(server, 1)
        await deferToThread(server.sql, TERMINATE)
    with pytest.raises(BackendError, match="cannot be reached"):
        await d
    await lock()


@ensureDeferred
async def test_connections_that_die_without_a_word(server: PostgreSQL, running_reactor: Any) -> None:
    """After a timeout on a dead connection, the pooled connections are not used again."""
    way = Way("127.0.0.1", server.port)
    port = running_reactor.listenTCP(0, way, interface="127.0.0.1")
    url = server.url.replace(f":{server.port}/", f":{port.getHost().port}/")
    database = PostgreSQLUserDatabase.from_url(url, running_reactor)
    assert await gatherResults([database.get_user("dustin") for _ in range(10)]) == [DUSTIN] * 10
    way.fall_silent()
    database.limiter.deadline = 0.4
    with pytest.raises(TimedOut):
        await database.get_user("dustin")
    database.limiter.deadline = 4
    assert await gatherResults([database.get_user("dustin") for _ in range(10)]) == [DUSTIN] * 10
    await database.close()
    await port.stopListening()
    way.hang_up()


@ensureDeferred
@pytest.mark.parametrize("option", ["", "&statement_cache_size=0"])
async def test_a_pooler(pooler: PgBouncer, running_reactor: Any, option: str) -> None:
    """Behind PgBouncer in transaction mode no look-up fails, even if statements are prepared on other servers."""
    databases = [PostgreSQLUserDatabase.from_url(pooler.url + option, running_reactor) for _ in range(2)]
    for _ in range(5):
        waiting = [database.get_user("dustin") for database in databases for _ in range(20)]
        assert await gatherResults([database.ping() for database in databases]) == [None] * 2
        assert await gatherResults(waiting) == [DUSTIN] * 40
    await gatherResults([database.close() for database in databases])


@ensureDeferred
@pytest.mark.parametrize(("option", "said"), [("", [NO_STATEMENTS]), ("&statement_cache_size=0", [])])
async def test_a_statement_that_is_gone(
    pooler: PgBouncer, running_reactor: Any, option: str, said: list[str], log: Log
) -> None:
    """If a statement is gone, since the pooler has changed the server, the look-up succeeds without one; once said."""
    tasks = Tasks()
    other = await tasks.run(asyncpg.connect(**connection_arguments(pooler.url), statement_cache_size=0))
    database = PostgreSQLUserDatabase.from_url(pooler.url + option, running_reactor)
    transaction = other.transaction()
    await tasks.run(transaction.start())  # takes a server
    assert await database.get_user("dustin") == DUSTIN
    await tasks.run(transaction.rollback())  # and gives it back: it is the next to be used
    assert await database.get_user("dustin") == DUSTIN
    assert await database.get_user("dustin") == DUSTIN
    assert log.messages("service.backends.postgresql.database") == said
    await database.close()
    await tasks.run(other.close())


@ensureDeferred
async def test_a_server_that_restarts_behind_its_pooler(
    server: PostgreSQL, pooler: PgBouncer, running_reactor: Any
) -> None:
    """Look-ups go on after the server behind a pooler has restarted."""
    database = PostgreSQLUserDatabase.from_url(pooler.url, running_reactor)
    assert await database.get_user("dustin") == DUSTIN  # alone: a login that a stop breaks off ends all for 15 seconds
    await deferToThread(server.stop)
    await deferToThread(server.start)
    assert await gatherResults([database.get_user("dustin") for _ in range(200)]) == [DUSTIN] * 200
    await database.close()


@ensureDeferred
async def test_administration_behind_a_pooler(pooler: PgBouncer) -> None:
    """Migrations and imports work behind a pooler, again and again."""
    for _ in range(3):
        assert await deferToThread(migrate, pooler.url) == []
        await deferToThread(import_users, pooler.url, [DUSTIN])


@ensureDeferred
async def test_several_servers(server: PostgreSQL, running_reactor: Any) -> None:
    """Of several servers, the first that answers and is as wanted is asked."""
    silent = socket.create_server(("127.0.0.1", 0), backlog=1)
    hosts = f"127.0.0.1:{free_port()},127.0.0.1:{silent.getsockname()[1]},127.0.0.1:{server.port}"
    url = server.url.replace(f"127.0.0.1:{server.port}", hosts)
    database = PostgreSQLUserDatabase.from_url(f"{url}&connect_timeout=1&target_session_attrs=primary", running_reactor)
    assert await database.get_user("dustin") == DUSTIN
    await database.close()
    silent.close()
    either = server.url.replace(f"127.0.0.1:{server.port}", f"127.0.0.1:{server.port},127.0.0.1:{server.port}")
    database = PostgreSQLUserDatabase.from_url(f"{either}&target_session_attrs=prefer-standby", running_reactor)
    assert await database.get_user("dustin") == DUSTIN
    await database.close()
    database = PostgreSQLUserDatabase.from_url(f"{either}&target_session_attrs=standby", running_reactor)
    with pytest.raises(BackendError, match="refuses to answer"):
        await database.get_user("dustin")
    await database.close()


@ensureDeferred
async def test_a_unix_socket(server: PostgreSQL, running_reactor: Any) -> None:
    """The server may be found at a Unix socket, in the place of the host or in an option."""
    folder = quote(str(server.folder), safe="")
    for url in (
        server.url.replace("127.0.0.1", folder),
        server.url.replace(f"127.0.0.1:{server.port}", "") + f"&host={folder}&port={server.port}",
    ):
        database = PostgreSQLUserDatabase.from_url(url, running_reactor)
        assert await database.get_user("dustin") == DUSTIN
        await database.close()


@ensureDeferred
async def test_options(server: PostgreSQL, running_reactor: Any) -> None:
    """Options of libpq reach the server."""
    name = "a%20name"
    url = f"{server.url}&application_name={name}&options=-c%20search_path%3Dnowhere&target_session_attrs=read-write"
    database = PostgreSQLUserDatabase.from_url(url, running_reactor)
    with pytest.raises(BackendError, match="has not been set up: run ajax-contacts migrate"):
        await database.ping()
    connected = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'a name'"
    assert await deferToThread(server.sql, connected) == "1"
    await database.close()


@ensureDeferred
async def test_no_tables(server: PostgreSQL, running_reactor: Any) -> None:
    """The error for missing tables says how to create them."""
    database = PostgreSQLUserDatabase.from_url(server.url.replace(f"/{USER}?", "/postgres?"), running_reactor)
    with pytest.raises(BackendError, match="has not been set up: run ajax-contacts migrate"):
        await database.ping()
    await database.close()


@ensureDeferred
async def test_a_wrong_password(server: PostgreSQL, running_reactor: Any, tmp_path: Path) -> None:
    """A rejected password is a BackendError, and the password does not appear in any repr."""
    (tmp_path / "password").write_text("wrong secret")
    url = f"postgresql://{USER}@127.0.0.1:{server.port}/{USER}?password_file={tmp_path / 'password'}"
    database = PostgreSQLUserDatabase.from_url(url, running_reactor)
    with pytest.raises(BackendError, match="refuses to answer") as caught:
        await database.get_user("dustin")
    (tmp_path / "password").write_text(PASSWORD)
    assert await database.get_user("dustin") == DUSTIN
    assert "secret" not in repr(caught.value.__cause__) + repr(database)
    await database.close()


@ensureDeferred
async def test_nothing_to_close(running_reactor: Any) -> None:
    """A database that was never used can be closed, even if its server does not exist."""
    database = PostgreSQLUserDatabase.from_url("postgresql://nobody@nowhere.invalid/nothing", running_reactor)
    await database.close()


@ensureDeferred
async def test_a_bug_is_no_outage(database: PostgreSQLUserDatabase) -> None:
    """An exception from a bug is not translated into a BackendError."""
    nonsense: Any = "\udc80"
    with pytest.raises(BackendError, match="refuses to answer"):
        await database.get_user(nonsense)
    with pytest.raises(TypeError):
        await database.get_user(b"bytes")  # type: ignore[arg-type]  # that is the bug
