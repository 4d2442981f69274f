"""The implementations that each contract suite runs against.

To add one, add a fixture named ``<name>_<suite>`` here, and its name to the list of that suite. The user databases
and IM services contain the people of ``fakes.people``, the page fetchers serve the pages of ``fakes.pages``. A rig is
one of the former, together with functions that stop and freeze its server.
"""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from pytest_twisted import blockon
from twisted.internet.defer import Deferred, ensureDeferred
from twisted.internet.threads import deferToThread

from fakes.database import FakeUserDatabase
from fakes.im import FakeIMService
from fakes.pages import KNOWN_PAGES, FakePageFetcher
from service.backends.ejabberd.im_service import EjabberdIMService
from service.backends.postgresql import administration as postgresql_administration
from service.backends.postgresql.database import PostgreSQLUserDatabase
from service.backends.resolver import Address
from service.backends.sqlite import administration as sqlite
from service.backends.sqlite.database import SQLiteUserDatabase
from service.interfaces import IIMService, IPageFetcher, IUserDatabase
from tests.backends.pages.webserver import LOOPBACK, OK, Connection, Names, Server, make_fetcher, say
from tests.contracts.rigs import USERS, Rig, Scene, SQLiteFile, populate, rig_for
from tests.servers.ejabberd import Ejabberd
from tests.servers.postgresql import PostgreSQL

#: PostgreSQL needs a reactor that runs on asyncio.
ON_ASYNCIO = ["postgresql_user_database"]
USER_DATABASES = ["fake_user_database", "sqlite_user_database", "postgresql_user_database"]
IM_SERVICES = ["fake_im_service", "ejabberd_im_service"]
PAGE_FETCHERS = ["fake", "http"]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a suite once for each implementation that the reactor supports."""
    suites = {
        "user_database": USER_DATABASES,
        "im_service": IM_SERVICES,
        "rig": [*USER_DATABASES, *IM_SERVICES],
        "real_rig": [name for name in [*USER_DATABASES, *IM_SERVICES] if not name.startswith("fake")],
    }
    missing = [] if metafunc.config.getoption("reactor") == "asyncio" else ON_ASYNCIO
    for fixture in suites.keys() & set(metafunc.fixturenames):
        names = [name for name in suites[fixture] if name not in missing]
        metafunc.parametrize(fixture, names, indirect=True)


@pytest.fixture
def rig(request: pytest.FixtureRequest) -> Rig:
    """Each backend that can be stopped, in turn."""
    rig: Rig = request.getfixturevalue(request.param)
    return rig


#: As ``rig``, without the fakes.
real_rig = rig


@pytest.fixture
def user_database(request: pytest.FixtureRequest) -> IUserDatabase:
    """Each user database, in turn."""
    database: IUserDatabase = request.getfixturevalue(request.param).subject
    return database


@pytest.fixture
def fake_user_database(running_reactor: Any) -> Rig:
    """The fake, in memory."""
    database = FakeUserDatabase.from_url("fake:", running_reactor)
    return rig_for(database, Scene(database.injector))


@pytest.fixture
def sqlite_user_database(running_reactor: Any, tmp_path: Path) -> Iterator[Rig]:
    """A SQLite file without a write-ahead log, so that it can be locked for readers, too."""
    path = tmp_path / "users.db"
    sqlite.migrate(f"sqlite:{path}")
    sqlite.import_users(f"sqlite:{path}", USERS)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode = DELETE")
    database = SQLiteUserDatabase.from_url(f"sqlite:{path}", running_reactor)
    yield rig_for(database, SQLiteFile(path, []))
    blockon(database.close())


@pytest.fixture
def postgresql_user_database(running_reactor: Any, populated_postgresql: PostgreSQL) -> Iterator[Rig]:
    """A PostgreSQL server."""
    database = PostgreSQLUserDatabase.from_url(populated_postgresql.url, running_reactor)
    yield rig_for(database, populated_postgresql)
    blockon(database.close())


@pytest.fixture(scope="session")
def populated_postgresql(postgresql: PostgreSQL) -> PostgreSQL:
    """A PostgreSQL server that contains all users."""
    blockon(deferToThread(postgresql_administration.migrate, postgresql.url))
    blockon(deferToThread(postgresql_administration.import_users, postgresql.url, USERS))
    return postgresql


@pytest.fixture
def im_service(request: pytest.FixtureRequest) -> IIMService:
    """Each IM service, in turn."""
    service: IIMService = request.getfixturevalue(request.param).subject
    return service


@pytest.fixture
def fake_im_service(running_reactor: Any) -> Rig:
    """The fake, in memory."""
    service = FakeIMService.from_url("fake:", running_reactor)
    return rig_for(service, Scene(service.injector))


@pytest.fixture(scope="session")
def populated_ejabberd(ejabberd: Ejabberd) -> Ejabberd:
    """An ejabberd server that contains all users."""
    populate(ejabberd)
    return ejabberd


@pytest.fixture
def ejabberd_im_service(running_reactor: Any, populated_ejabberd: Ejabberd) -> Iterator[Rig]:
    """An ejabberd server."""
    service = EjabberdIMService.from_url(populated_ejabberd.url, running_reactor)
    yield rig_for(service, populated_ejabberd)
    blockon(service.close())


@pytest.fixture(params=PAGE_FETCHERS)
def page_fetcher(request: pytest.FixtureRequest) -> IPageFetcher:
    """Each page fetcher, in turn."""
    fetcher: IPageFetcher = request.getfixturevalue(f"{request.param}_page_fetcher")
    return fetcher


@pytest.fixture
def fake_page_fetcher(running_reactor: Any) -> IPageFetcher:
    """The fake, in memory."""
    return FakePageFetcher.from_url("fake:", running_reactor)


def answer_known_page(connection: Connection) -> None:
    """Answer with the page of the requested host."""
    [host] = re.findall(rb"(?m)^Host: (.*)\r$", connection.request)
    page = KNOWN_PAGES[f"http://{host.decode()}"]
    if isinstance(page, bytes):
        head = (OK, b"Content-Type: text/html; charset=utf-8", b"Content-Length: %d" % len(page))
        say(*head, body=page)(connection)
    else:
        say(b"HTTP/1.1 %d No" % page, b"Content-Length: 0")(connection)


class KnownHosts(Names):
    """A resolver that knows only the hosts of the pages."""

    def __init__(self) -> None:
        super().__init__([[LOOPBACK]])

    def look_up(self, host: str, port: int) -> Deferred[list[Address]]:
        """See ``Resolver``."""
        self.answers = [[LOOPBACK] if f"http://{host}" in KNOWN_PAGES else []]
        return super().look_up(host, port)


class Internet:
    """The parts of a reactor that a fetcher uses, with every address leading to the test's server."""

    def __init__(self, reactor: Any, port: int) -> None:
        self._reactor, self._port = reactor, port

    def connectTCP(self, host: str, port: int, factory: Any, timeout: float, bindAddress: Any) -> Any:
        """Connect to the server."""
        return self._reactor.connectTCP(LOOPBACK, self._port, factory, timeout, bindAddress)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._reactor, name)


@pytest.fixture
def http_page_fetcher(running_reactor: Any) -> Iterator[IPageFetcher]:
    """The real fetcher, with a local web server."""
    server = Server(answer_known_page)
    port = blockon(ensureDeferred(server.listen(running_reactor)))
    yield make_fetcher(Internet(running_reactor, port), KnownHosts(), "127.0.0.0/8")
    blockon(server.port.stopListening())
