"""What is refused before a route could be asked."""

from typing import TYPE_CHECKING

import pytest
from twisted.web.resource import IResource, Resource
from zope.interface.verify import verifyObject

from service.web.door import Door

if TYPE_CHECKING:
    from tests.web.memory import Web


@pytest.mark.parametrize("path", ["/%ff", "/contacts/%80", "/%c3%28?username=dustin"])
def test_a_path_that_is_not_utf_8(web: "Web", path: str) -> None:
    """A path that is not UTF-8 is a 400."""
    answer = web.get(path)
    assert (answer.status, answer.json["code"], answer.json["error"]) == (400, "bad_request", "the path is not UTF-8")


@pytest.mark.parametrize(
    "host", ["a..b", ".a", "x" * 64 + ".example", "a b", "a/b", "é.example", "a@b", "a:x", "[::1", "<script>"]
)
def test_an_impossible_host(web: "Web", host: str) -> None:
    """A Host that cannot be one is a 400, on every path."""
    for path in ("/livez", "/nope"):
        answer = web.get(path, headers={"Host": host.encode()})
        assert (answer.status, answer.json["code"]) == (400, "bad_request")


@pytest.mark.parametrize(
    "host", ["localhost", "example.org:8080", "127.0.0.1:1", "[::1]:8080", "a_b.example", "xn--bcher-kva.example", ""]
)
def test_a_possible_host(web: "Web", host: str) -> None:
    """A host may be a name or an address, with a port or without."""
    assert web.get("/livez", headers={"Host": host.encode()}).status == 200


def test_two_hosts(web: "Web") -> None:
    """Two Host headers contradict each other."""
    received = web.raw(b"GET /livez HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n")
    assert received.startswith(b"HTTP/1.1 400 Bad Request\r\n")
    assert b'"code": "bad_request"' in received


def test_the_door_is_a_resource(web: "Web") -> None:
    """The door provides what twisted.web asks of a leaf, and has no children."""
    door = Door(Resource(), {}, web.application.exchanges)
    assert verifyObject(IResource, door)
    assert door.getChildWithDefault(b"x", None) is door
    with pytest.raises(NotImplementedError):
        door.putChild(b"x", Resource())
