"""The people that the fakes know: those of the slides and a few more, or your own from a file."""

import json
from pathlib import Path
from typing import Any, Self

from attrs import field, frozen
from attrs.validators import and_, deep_iterable, instance_of, min_len

_some_text = and_(instance_of(str), min_len(1))


@frozen
class Person:
    """A user of the fakes: the display name in the database, and the contact list at the IM service."""

    name: str = field(validator=_some_text)
    contacts: tuple[str, ...] = field(default=(), validator=deep_iterable(_some_text))


@frozen
class People:
    """All people, by username."""

    by_username: dict[str, Person]

    @classmethod
    def from_file(cls, path: str) -> Self:
        """Read people from a JSON file: ``{"dustin": {"name": "Dustin", "contacts": ["karl"]}, ...}``.

        :raise ValueError: if the file cannot be read or has another form; its text is one line for the user.
        """
        try:
            document = json.loads(Path(path).read_text(encoding="utf-8"))
            return cls({username: as_person(described) for username, described in document.items()})
        except OSError as error:
            raise ValueError(f"a readable file ({error.strerror})") from error
        except (ValueError, TypeError, LookupError, AttributeError) as error:
            raise ValueError('JSON of the form {"dustin": {"name": "Dustin", "contacts": ["karl"]}}') from error


def as_person(described: dict[str, Any]) -> Person:
    """Convert one entry of the file to a ``Person``.

    :raise ValueError, TypeError, LookupError: if a member is unknown, missing or of the wrong type.
    """
    if not described.keys() <= {"name", "contacts"} or isinstance(described.get("contacts"), str):
        raise ValueError
    return Person(described["name"], tuple(described.get("contacts", ())))


#: jimbo is missing on purpose: he is the slides' unknown user.
KNOWN_PEOPLE = People(
    {
        "dustin": Person("Dustin", ("karl", "amber", "zoë")),
        "karl": Person("Karl", ("dustin",)),
        "amber": Person("Amber", ("zoë", "karl", "dustin")),
        "zoë": Person("Zoë Δ", ("amber",)),
        "hermit": Person("Hermit"),
    }
)
