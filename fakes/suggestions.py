"""Example queries for the fakes: known people, an unknown user, and each fault."""

from fakes.people import People
from service.values import Suggestion

#: Fault, as written after a name -> its effect.
_FAULTS = {
    "slow": "answers after a second",
    "hang": "never answers: times out at the deadline unless you cancel it",
    "down": "cannot be reached",
    "malformed": "returns garbage",
    "unserialisable": "returns something that cannot be encoded as JSON",
    "raise": "has a bug: it raises instead of returning a Deferred",
    "flaky": "cannot be reached, in half of the calls",
    "slow~down": "cannot be reached, and fails only after a second",
}
_NOBODY = "jimbo"
#: Maximum number of people suggested, and of contacts named for each.
_MOST = 20


def suggest_usernames(people: People) -> list[Suggestion]:
    """List known people, an unknown user, and one person with each fault."""
    known = [
        Suggestion(username, f"{person.name}, who talks to {', '.join(person.contacts[:_MOST]) or 'nobody'}")
        for username, person in list(people.by_username.items())[:_MOST]
    ]
    nobody = [] if _NOBODY in people.by_username else [Suggestion(_NOBODY, "does not exist")]
    return known + nobody + [with_fault for one in known[:1] for with_fault in suggest_faults(one.value)]


def suggest_faults(asked: str) -> list[Suggestion]:
    """List ``asked`` with each fault."""
    return [Suggestion(f"{asked}~{fault}", f"the backend {about}") for fault, about in _FAULTS.items()]
