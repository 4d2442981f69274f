"""Mistakes with callbacks and errbacks, and their fixes."""

import gc
import json
from typing import Any

import pytest
from twisted.internet.defer import Deferred, fail, succeed
from twisted.internet.task import Clock
from twisted.python.failure import Failure

from fakes.im import FakeIMService
from fakes.injector import FaultInjector
from service.errors import BackendError, NoSuchUser
from service.lessons import errbacks
from tests.log import Log
from tests.results import failure_of, outcomes_of, result_of


@pytest.fixture
def im_service(clock: Clock) -> FakeIMService:
    return FakeIMService(FaultInjector(clock=clock, backend="IM service"))


def test_forgetting_return_f(im_service: FakeIMService, clock: Clock, log: Log) -> None:
    """Without ``return f`` the failure becomes the result None; with it, the failure is passed on."""
    wrong, right = (
        get_contacts(im_service, "jimbo") for get_contacts in (errbacks.get_contacts_wrong, errbacks.get_contacts)
    )
    clock.advance(0)
    assert result_of(wrong) is None
    failure_of(right, NoSuchUser)
    assert log.messages("service.lessons.errbacks") == ["err getting contacts for jimbo: no such user: jimbo"] * 2


@pytest.mark.parametrize("get_contacts", [errbacks.get_contacts_wrong, errbacks.get_contacts])
def test_what_works_does_not_show_it(im_service: FakeIMService, clock: Clock, get_contacts: Any) -> None:
    """Both versions behave the same if nothing fails."""
    d = get_contacts(im_service, "karl")
    clock.advance(0)
    assert result_of(d) == ["dustin"]


def test_forgetting_to_return_the_deferred(im_service: FakeIMService, clock: Clock) -> None:
    """A chain does not wait for a Deferred that a callback does not return."""
    wrong = errbacks.ajax_get_contacts_wrong(im_service, "karl")
    assert result_of(wrong) == '{"contacts": null}'
    right = outcomes_of(errbacks.ajax_get_contacts(im_service, "karl"))
    assert right == []
    clock.advance(0)
    assert right == ['{"contacts": ["dustin"]}']


def test_an_error_of_the_json_step() -> None:
    """An errback beside the JSON step does not catch what that step raises; an errback after it does."""
    failure_of(errbacks.as_json_wrong(succeed(object())), TypeError)
    assert json.loads(result_of(errbacks.as_json(succeed(object())))) == {"error": "TypeError"}


@pytest.mark.parametrize("as_json", [errbacks.as_json_wrong, errbacks.as_json])
def test_an_error_before_the_json_step(as_json: Any) -> None:
    """Both versions turn an earlier failure, and a result, into JSON."""
    assert json.loads(result_of(as_json(fail(LookupError())))) == {"error": "LookupError"}
    assert json.loads(result_of(as_json(succeed(1)))) == {"result": 1}


def test_a_new_thread(log: Log) -> None:
    """A failure in a new "thread" is an unhandled error without an errback, and is logged immediately with one."""

    def greet() -> Deferred[Any]:
        return fail(BackendError("door", "is shut"))

    assert result_of(errbacks.greet(greet)) == "welcome"
    assert log.messages("service.lessons.errbacks") == ["no greeting: the door is shut"]
    assert log.failures == []
    assert result_of(errbacks.greet_wrong(greet)) == "welcome"
    gc.collect()
    assert len(log.flush(BackendError)) == 1


def test_fail() -> None:
    """``defer.fail`` has no parameter called f."""
    failure = Failure(LookupError())
    with pytest.raises(TypeError, match="unexpected keyword argument 'f'"):
        errbacks.fail_wrong(failure)
    failure_of(errbacks.fail(failure), LookupError)
