"""The service in a stock site of ``twisted.web``."""

import json
from typing import Any

import pytest
from twisted.web.resource import IResource
from twisted.web.server import Site
from zope.interface.verify import verifyObject

from service.web.admission import SiteResource
from tests.log import Log
from tests.transports import Transport
from tests.web.memory import Web


class Stock:
    """A site of twisted.web that serves the application."""

    def __init__(self, web: Web) -> None:
        self.web = web
        self.site: Any = Site(SiteResource(web.admission), reactor=web.clock)

    def open(self, path: str, *lines: bytes) -> Any:
        """Send a request with more header lines on a new connection; return its transport."""
        transport: Any = Transport()
        transport.protocol = self.site.buildProtocol(transport.getPeer())
        transport.protocol.makeConnection(transport)
        transport.protocol.dataReceived(
            b"".join((b"GET %b HTTP/1.1\r\nHost: localhost\r\n" % path.encode(), *lines, b"\r\n"))
        )
        self.web.clock.advance(0)
        return transport

    def get(self, path: str) -> tuple[int, Any]:
        """Send a request; return the status and the JSON document of the response."""
        transport = self.open(path)
        head, _, body = transport.value().partition(b"\r\n\r\n")
        transport.loseConnection()
        document = json.loads(body)
        for name in ("request_id", "trace_id"):
            document.pop(name, None)
        return int(head.split()[1]), document


@pytest.fixture
def stock(web: Web) -> Stock:
    """The application in a stock site."""
    return Stock(web)


@pytest.mark.parametrize(
    "path",
    [
        *("/contacts?username=dustin", "/contacts?username=jimbo", "/contacts", "/user-name?username=jimbo"),
        *("/users?username=dustin&username=karl", "/readyz", "/nope", "/%ff", "/lessons", "/lessons/nope"),
        "/xray/waiting/0",
        "/page-title?url=http://buildbot.net",
    ],
)
def test_a_stock_site_says_the_same(stock: Stock, path: str) -> None:
    """A stock site sends the same responses as the HTTP server of the service."""
    answer = stock.web.get(path)
    document = answer.json
    for name in ("request_id", "trace_id"):
        document.pop(name, None)
    assert stock.get(path) == (answer.status, document)


def test_the_drain(stock: Stock) -> None:
    """A stock site is not ready while the service drains."""
    stock.web.in_flight.draining = True
    status, document = stock.get("/readyz")
    assert (status, document["code"]) == (503, "draining")


def test_it_is_a_leaf(web: Web) -> None:
    """The resource provides ``IResource`` as a leaf."""
    resource = SiteResource(web.admission)
    assert verifyObject(IResource, resource)
    assert resource.isLeaf


def test_a_client_that_disconnects(stock: Stock, log: Log) -> None:
    """A client that disconnects cancels its chain, and is logged as 499."""
    transport = stock.open("/contacts?username=dustin~hang")
    assert len(stock.web.in_flight) == 1
    transport.loseConnection()
    assert len(stock.web.in_flight) == 0
    assert stock.web.access_log[0].startswith("127.0.0.1 GET /contacts 499 0 ")
