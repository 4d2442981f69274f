"""The application in a stock site of twisted.web: the door numbers requests, and refuses what no route can be asked."""

import json
from typing import Any

import pytest
from twisted.web.resource import IResource, Resource
from twisted.web.server import Site
from zope.interface.verify import verifyObject

from service.web.door import Door
from tests.transports import Transport
from tests.web.memory import Web


class Stock:
    """A site of twisted.web that serves the application."""

    def __init__(self, web: Web) -> None:
        self.web = web
        self.site: Any = Site(web.application.resource(), reactor=web.clock)

    def get(self, path: str, *headers: str, host: str = "Host: localhost") -> tuple[int, Any]:
        """Ask on a connection of its own; return status and document."""
        transport: Any = Transport()
        transport.protocol = self.site.buildProtocol(transport.getPeer())
        transport.protocol.makeConnection(transport)
        lines = [f"GET {path} HTTP/1.1", host, *headers, "", ""]
        transport.protocol.dataReceived("\r\n".join(lines).encode())
        self.web.clock.advance(0)
        head, _, body = transport.value().partition(b"\r\n\r\n")
        transport.loseConnection()
        document = json.loads(body)
        document.pop("request_id", None)
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
        "/page-title?url=http://buildbot.net",
    ],
)
def test_a_stock_site_says_the_same(stock: Stock, path: str) -> None:
    """A stock site answers as the wire does."""
    answer = stock.web.get(path)
    document = answer.json
    document.pop("request_id", None)
    assert stock.get(path) == (answer.status, document)


@pytest.mark.parametrize(
    "host", ["a..b", ".a", "x" * 64 + ".example", "a b", "a/b", "é.example", "a@b", "a:x", "[::1", "<script>"]
)
def test_an_impossible_host(stock: Stock, host: str) -> None:
    """A Host that cannot be one is a 400, on every path."""
    for path in ("/livez", "/nope"):
        status, document = stock.get(path, host=f"Host: {host}")
        assert (status, document["code"]) == (400, "bad_request")


@pytest.mark.parametrize(
    "host", ["localhost", "example.org:8080", "127.0.0.1:1", "[::1]:8080", "a_b.example", "xn--bcher-kva.example", ""]
)
def test_a_possible_host(stock: Stock, host: str) -> None:
    """A host may be a name or an address, with a port or without."""
    assert stock.get("/livez", host=f"Host: {host}") == (200, {"status": "ok"})


def test_two_hosts(stock: Stock) -> None:
    """Two Host headers contradict each other."""
    status, document = stock.get("/livez", "Host: b", host="Host: a")
    assert (status, document["code"]) == (400, "bad_request")


def test_the_drain(stock: Stock) -> None:
    """A service that stops says so."""
    stock.web.application.exchanges.draining = True
    status, document = stock.get("/readyz")
    assert (status, document["code"]) == (503, "draining")


def test_the_door_is_a_resource(web: "Web") -> None:
    """The door provides what twisted.web asks of a leaf, and has no children."""
    door = Door(Resource(), {}, web.application.exchanges)
    assert verifyObject(IResource, door)
    assert door.getChildWithDefault(b"x", None) is door
    with pytest.raises(NotImplementedError):
        door.putChild(b"x", Resource())
