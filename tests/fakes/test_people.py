"""The people that the fakes know, built in or from a file."""

import json
from pathlib import Path

import pytest
from twisted.internet.task import Clock

from fakes.database import FakeUserDatabase
from fakes.im import FakeIMService
from fakes.people import KNOWN_PEOPLE, People, Person
from service.values import Contact, User
from tests.results import result_of


def test_the_people_of_the_slides() -> None:
    """Dustin and karl have their names, and jimbo does not exist."""
    known = KNOWN_PEOPLE.by_username
    assert (known["dustin"].name, known["karl"].name) == ("Dustin", "Karl")
    assert "jimbo" not in known


def test_every_contact_is_somebody() -> None:
    """Everyone on a contact list can be looked up."""
    contacts = {contact for person in KNOWN_PEOPLE.by_username.values() for contact in person.contacts}
    assert contacts <= KNOWN_PEOPLE.by_username.keys()


def test_people_from_a_file(tmp_path: Path, clock: Clock) -> None:
    """One file describes the people for both the database and the IM service."""
    people = tmp_path / "people.json"
    people.write_text('{"émile": {"name": "Émile", "contacts": ["zoé"]}, "zoé": {"name": "Zoé"}}', encoding="utf-8")
    assert People.from_file(str(people)).by_username["zoé"] == Person("Zoé")
    url = f"fake:?people={people}"
    user = FakeUserDatabase.from_url(url, clock).get_user("émile")
    contacts = FakeIMService.from_url(url, clock).get_contact_list("émile")
    clock.advance(0)
    assert result_of(user) == User("émile", "Émile")
    assert result_of(contacts) == [Contact("zoé", name="Zoé")]


@pytest.mark.parametrize(
    "document",
    [
        "",
        "{",
        [],
        {"dustin": "Dustin"},
        {"dustin": {}},
        {"dustin": {"name": ""}},
        {"dustin": {"name": 7}},
        {"dustin": {"name": "Dustin", "contacts": "karl"}},
        {"dustin": {"name": "Dustin", "contacts": [""]}},
        {"dustin": {"name": "Dustin", "contacts": 7}},
        {"dustin": {"name": "Dustin", "friends": []}},
    ],
)
def test_a_file_that_says_something_else(tmp_path: Path, document: object) -> None:
    """The error for an invalid file shows the expected form."""
    people = tmp_path / "people.json"
    people.write_text(document if isinstance(document, str) else json.dumps(document))
    with pytest.raises(ValueError, match="JSON of the form"):
        People.from_file(str(people))
