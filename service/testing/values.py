"""What the service tells tests."""

from collections.abc import Mapping
from typing import NamedTuple, TypedDict

from twisted.python.reflect import namedAny


class Person(TypedDict):
    """A user of the fakes: the display name, and the usernames on the contact list."""

    name: str
    contacts: list[str]


class Asked(NamedTuple):
    """A request that has arrived; ``query`` is as it was sent.

    ``status`` and ``seconds``, on the clock of the service, are None until it has ended.
    """

    request_id: str
    method: str
    path: str
    query: str
    status: int | None
    seconds: float | None


class Advanced(NamedTuple):
    """What happened while the clock advanced to ``now``, in seconds.

    ``fired`` are the names of what was due, and ``answered`` the ids of requests, each in order.
    """

    now: float
    fired: list[str]
    answered: list[str]


def known_people() -> dict[str, Person]:
    """Return the people that the fakes know by default."""
    people = namedAny("fakes.people.KNOWN_PEOPLE").by_username  # by name: the service does not import the fakes
    return {username: Person(name=one.name, contacts=list(one.contacts)) for username, one in people.items()}


def known_faults() -> Mapping[str, str]:
    """Return each fault as it is written after a name, with what it does."""
    faults: Mapping[str, str] = namedAny("fakes.suggestions.FAULTS")
    return faults
