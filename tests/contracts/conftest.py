"""The implementations that each contract suite runs against.

A new one is a fixture named ``<name>_<suite>`` here, and its name in the list of that suite. The user databases
and IM services under test know the people of ``fakes.people``, the page fetchers the pages of ``fakes.pages``.
"""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from pytest_twisted import blockon
from twisted.internet.defer import ensureDeferred

from fakes.database import FakeUserDatabase
from fakes.im import FakeIMService
from fakes.pages import KNOWN_PAGES, FakePageFetcher
from service.interfaces import IIMService, IPageFetcher, IUserDatabase
from tests.backends.webserver import LOOPBACK, OK, Connection, Names, Server, make_fetcher, say

USER_DATABASES = ["fake"]
IM_SERVICES = ["fake"]
PAGE_FETCHERS = ["fake", "http"]


@pytest.fixture(params=USER_DATABASES)
def user_database(request: pytest.FixtureRequest) -> IUserDatabase:
    """Every user database, one after the other."""
    database: IUserDatabase = request.getfixturevalue(f"{request.param}_user_database")
    return database


@pytest.fixture
def fake_user_database(running_reactor: Any) -> IUserDatabase:
    """The one in memory."""
    return FakeUserDatabase.from_url("fake:", running_reactor)


@pytest.fixture(params=IM_SERVICES)
def im_service(request: pytest.FixtureRequest) -> IIMService:
    """Every IM service, one after the other."""
    service: IIMService = request.getfixturevalue(f"{request.param}_im_service")
    return service


@pytest.fixture
def fake_im_service(running_reactor: Any) -> IIMService:
    """The one in memory."""
    return FakeIMService.from_url("fake:", running_reactor)


@pytest.fixture(params=PAGE_FETCHERS)
def page_fetcher(request: pytest.FixtureRequest) -> IPageFetcher:
    """Every page fetcher, one after the other."""
    fetcher: IPageFetcher = request.getfixturevalue(f"{request.param}_page_fetcher")
    return fetcher


@pytest.fixture
def fake_page_fetcher(running_reactor: Any) -> IPageFetcher:
    """The one in memory."""
    return FakePageFetcher.from_url("fake:", running_reactor)


def answer_known_page(connection: Connection) -> None:
    """Answer with the page of the host that was asked for."""
    [host] = re.findall(rb"(?m)^Host: (.*)\r$", connection.request)
    page = KNOWN_PAGES[f"http://{host.decode()}"]
    if isinstance(page, bytes):
        head = (OK, b"Content-Type: text/html; charset=utf-8", b"Content-Length: %d" % len(page))
        say(*head, body=page)(connection)
    else:
        say(b"HTTP/1.1 %d No" % page, b"Content-Length: 0")(connection)


class KnownHosts(Names):
    """Knows the hosts of the pages, and no others."""

    def __init__(self) -> None:
        super().__init__([[LOOPBACK]])

    def resolveHostName(self, resolutionReceiver: Any, hostName: str, *args: Any, **kwargs: Any) -> Any:
        """See ``IHostnameResolver``."""
        self.answers = [[LOOPBACK] if f"http://{hostName}" in KNOWN_PAGES else []]
        return super().resolveHostName(resolutionReceiver, hostName, *args, **kwargs)


class Internet:
    """As much of a reactor as a fetcher uses: every address leads to the one server of the test."""

    def __init__(self, reactor: Any, port: int) -> None:
        self._reactor, self._port = reactor, port

    def connectTCP(self, host: str, port: int, factory: Any, timeout: float, bindAddress: Any) -> Any:
        """Connect to the server."""
        return self._reactor.connectTCP(LOOPBACK, self._port, factory, timeout, bindAddress)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._reactor, name)


@pytest.fixture
def http_page_fetcher(running_reactor: Any) -> Iterator[IPageFetcher]:
    """The one that speaks HTTP, to a web server on this machine."""
    server = Server(answer_known_page)
    port = blockon(ensureDeferred(server.listen(running_reactor)))
    yield make_fetcher(Internet(running_reactor, port), KnownHosts(), "127.0.0.0/8")
    blockon(server.port.stopListening())
