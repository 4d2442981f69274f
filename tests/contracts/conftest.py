"""The implementations that each contract suite runs against.

A new one is a fixture named ``<name>_<suite>`` here, and its name in the list of that suite. The user databases
and IM services under test know the people of ``fakes.people``, the page fetchers the pages of ``fakes.pages``.
"""

from typing import Any

import pytest
from treq.testing import RequestTraversalAgent
from twisted.internet.task import Clock
from twisted.web.resource import Resource
from twisted.web.server import NOT_DONE_YET

from fakes.database import FakeUserDatabase
from fakes.im import FakeIMService
from fakes.pages import KNOWN_PAGES, FakePageFetcher
from service.interfaces import IIMService, IPageFetcher, IUserDatabase

USER_DATABASES = ["fake"]
IM_SERVICES = ["fake"]
PAGE_FETCHERS = ["fake", "treq"]


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


class KnownPages(Resource):
    """A web server that has the pages of ``fakes.pages``, whatever host it is asked for, and one that hangs."""

    isLeaf = True

    def render_GET(self, request: Any) -> bytes | int:
        """Serve the page of the host that was asked for."""
        if request.path == b"/~hang":
            return NOT_DONE_YET
        page = KNOWN_PAGES[f"http://{request.getRequestHostname().decode()}"]
        if isinstance(page, bytes):
            request.setHeader("Content-Type", "text/html; charset=utf-8")
            return page
        request.setResponseCode(page)
        return b"no such page"


@pytest.fixture
def treq_page_fetcher() -> IPageFetcher:
    """The one that speaks HTTP, to a web server in memory."""
    from service.backends.pages import PageFetcher

    return PageFetcher(RequestTraversalAgent(KnownPages()), Clock())
