"""Tests of the smallest service, in memory and on a fake clock: ``pytest test_smallest.py``."""

from typing import Any

from smallest import FakeIMService, Service
from treq.testing import StubTreq
from twisted.internet.defer import Deferred
from twisted.internet.task import Clock


def ask(path: str) -> tuple[int, Any]:
    """Return the status and the JSON of the response to a request."""
    clock = Clock()
    web = StubTreq(Service(FakeIMService(clock)).app.resource())
    asked = web.get(f"http://localhost{path}")
    clock.advance(0.1)
    web.flush()
    response = result_of(asked)
    return response.code, result_of(response.json())


def result_of(d: Deferred[Any]) -> Any:
    """Return the result of a Deferred that has fired."""
    results: list[Any] = []
    d.addCallback(results.append)
    [result] = results
    return result


def test_contacts() -> None:
    assert ask("/contacts?username=dustin") == (200, {"contacts": ["karl", "amber"]})


def test_unknown_user() -> None:
    assert ask("/contacts?username=jimbo") == (404, {"error": "no such user: jimbo"})


def test_no_username() -> None:
    assert ask("/contacts") == (400, {"error": "no username specified"})
