"""``get_contacts``: the chain in the middle of ``ajax_get_contacts``."""

from typing import Any

import pytest
from twisted.internet.defer import CancelledError
from twisted.internet.task import Clock

from fakes.im import FakeIMService
from fakes.injector import FakeBugError, FaultInjector
from service.chains.contacts import Contacts, as_usernames
from service.errors import BackendError, NoSuchUser
from service.values import Contact
from tests.log import Log
from tests.results import failure_of, outcomes_of, result_of

NAMESPACE = "service.chains.contacts"


@pytest.fixture
def contacts(clock: Clock) -> Contacts:
    return Contacts(FakeIMService(FaultInjector(clock=clock, backend="IM service")))


def test_usernames_in_the_order_of_the_service(contacts: Contacts, clock: Clock) -> None:
    """A contact list becomes the usernames on it, in the IM service's order."""
    d = contacts.get_contacts("dustin")
    clock.advance(0)
    assert result_of(d) == ["karl", "amber", "zoë"]


def test_an_account_without_contacts(contacts: Contacts, clock: Clock) -> None:
    """An empty contact list is an empty list, not an error."""
    d = contacts.get_contacts("hermit")
    clock.advance(0)
    assert result_of(d) == []


def test_the_failure_of_the_service_is_logged_and_passed_on(contacts: Contacts, clock: Clock, log: Log) -> None:
    """The nonterminal errback logs the username and passes the failure on unchanged."""
    d = contacts.get_contacts("jimbo")
    clock.advance(0)
    failure_of(d, NoSuchUser)
    assert log.messages(NAMESPACE) == ["no contacts for 'jimbo': NoSuchUser"]


def test_a_malformed_contact_passes_the_errback_beside_it(contacts: Contacts, clock: Clock, log: Log) -> None:
    """An error in the callback does not reach the errback beside it, so it is not logged here."""
    d = contacts.get_contacts("dustin~malformed")
    clock.advance(0)
    failure_of(d, BackendError)
    assert log.messages(NAMESPACE) == []


@pytest.mark.parametrize("answer", [None, "karl", (Contact("karl"),), [Contact("karl"), "amber"], [None], {"karl": 1}])
def test_what_is_not_a_contact_list(answer: Any) -> None:
    """Whatever an IM service fires with that is not a list of contacts is its error."""
    with pytest.raises(BackendError):
        as_usernames(answer)


def test_a_method_that_raises_is_a_failure(contacts: Contacts, log: Log) -> None:
    """An exception that the method of the IM service raises is a failure of the chain."""
    failure_of(contacts.get_contacts("dustin~raise"), FakeBugError)
    assert log.messages(NAMESPACE) == ["no contacts for 'dustin~raise': FakeBugError"]


def test_cancelling_reaches_the_timer_of_the_service(contacts: Contacts, clock: Clock) -> None:
    """Cancelling the chain cancels the timer that it waits for."""
    d = contacts.get_contacts("dustin~slow=30")
    clock.advance(29)
    assert outcomes_of(d) == []
    d.cancel()
    assert clock.getDelayedCalls() == []


def test_cancelling_what_hangs(contacts: Contacts) -> None:
    """A chain that waits for a service that hangs fails when it is cancelled."""
    d = contacts.get_contacts("dustin~hang")
    d.cancel()
    failure_of(d, CancelledError)
