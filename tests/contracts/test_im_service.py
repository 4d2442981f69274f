"""The contract of ``IIMService``, for every implementation."""

import pytest
from pytest_twisted import ensureDeferred
from twisted.internet.defer import CancelledError, gatherResults
from zope.interface.verify import verifyObject

from fakes.people import KNOWN_PEOPLE
from service.errors import NoSuchUser
from service.interfaces import IIMService
from service.values import Contact

DUSTIN = Contact("dustin", name="Dustin")


def test_the_interface(im_service: IIMService) -> None:
    """It provides the whole interface."""
    verifyObject(IIMService, im_service)


@ensureDeferred
async def test_it_can_be_reached(im_service: IIMService) -> None:
    """A ping of a service that is up succeeds."""
    assert await gatherResults([im_service.ping()]) == [None]


@ensureDeferred
@pytest.mark.parametrize(
    ("username", "contacts"), [("dustin", ["karl", "amber", "zoë"]), ("zoë", ["amber"]), ("hermit", [])]
)
async def test_a_contact_list(im_service: IIMService, username: str, contacts: list[str]) -> None:
    """An account's contacts come with the names that it gave them, in a stable order; the list may be empty."""
    found = await im_service.get_contact_list(username)
    names = {username: person.name for username, person in KNOWN_PEOPLE.by_username.items()}
    assert {contact.username: contact for contact in found} == {
        contact: Contact(contact, name=names[contact]) for contact in contacts
    }
    assert await im_service.get_contact_list(username) == found


@ensureDeferred
@pytest.mark.parametrize("username", ["jimbo", "", "dustin/../karl", "dustin@elsewhere", "<dustin/>", "x" * 2000])
async def test_an_unknown_account(im_service: IIMService, username: str) -> None:
    """An unknown account fails with NoSuchUser, unlike an account without contacts."""
    with pytest.raises(NoSuchUser):
        await im_service.get_contact_list(username)


@ensureDeferred
async def test_fifty_at_once(im_service: IIMService) -> None:
    """Concurrent requests do not interfere with each other."""
    lists = await gatherResults([im_service.get_contact_list(name) for name in ["karl", "hermit"] * 25])
    assert lists == [[DUSTIN], []] * 25


@ensureDeferred
async def test_cancelling(im_service: IIMService) -> None:
    """A cancelled request fails with CancelledError and does not affect the next one."""
    d = im_service.get_contact_list("karl")
    d.cancel()
    with pytest.raises(CancelledError):
        await d
    assert await im_service.get_contact_list("karl") == [DUSTIN]
