"""In the process of the test, with a Twisted client."""

import pytest
import pytest_twisted
import treq

from service.testing import AjaxContacts


@pytest_twisted.ensureDeferred
async def test_contacts(ajax_contacts: AjaxContacts) -> None:
    """The contacts of a known user arrive, and it can be seen what was asked."""
    response = await treq.get(f"{ajax_contacts.url}contacts?username=dustin")
    assert await response.json() == {"contacts": ajax_contacts.people["dustin"]["contacts"]}
    [asked] = ajax_contacts.requests()
    assert (asked.method, asked.path, asked.query, asked.status) == ("GET", "/contacts", "username=dustin", 200)


@pytest.mark.ajax_contacts(clock="manual")
@pytest_twisted.ensureDeferred
async def test_a_long_timeout(ajax_contacts: AjaxContacts) -> None:
    """The timeout of 30 seconds is tested without waiting for it."""
    d = treq.get(f"{ajax_contacts.url}wait-for-file?filename=report.csv")
    await ajax_contacts.advance(30, in_flight=1)
    response = await d
    assert (response.code, (await response.json())["code"]) == (504, "timeout")


@pytest.mark.ajax_contacts(people={"ada": {"name": "Ada", "contacts": ["grace"]}}, deadline=0.1)
@pytest_twisted.ensureDeferred
async def test_people_of_its_own(ajax_contacts: AjaxContacts) -> None:
    """A test chooses the people, and any setting."""
    response = await treq.get(f"{ajax_contacts.url}contacts?username=ada")
    assert await response.json() == {"contacts": ["grace"]}
    response = await treq.get(f"{ajax_contacts.url}contacts?username=ada~hang")
    assert (await response.json())["error"] == "no answer within 0.1 seconds"
