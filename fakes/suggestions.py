"""What there is to try on the fakes: everybody they know, somebody they do not, and each fault."""

from fakes.people import People
from service.values import Suggestion

#: Fault, as it stands behind a name -> what comes of it.
_FAULTS = {
    "slow": "answers a second later",
    "hang": "never answers: a timeout at the deadline, unless you cancel it",
    "down": "cannot be reached",
    "malformed": "answers nonsense",
    "unserialisable": "answers with something that JSON cannot say",
    "raise": "has a bug, and raises instead of returning a Deferred",
    "flaky": "cannot be reached every other time",
    "slow~down": "takes a second to find that it cannot be reached",
}
_NOBODY = "jimbo"
#: So many people are suggested, and so many of their contacts named.
_MOST = 20


def suggest_usernames(people: People) -> list[Suggestion]:
    """List everybody, nobody, and one of them with each fault."""
    known = [
        Suggestion(username, f"{person.name}, who talks to {', '.join(person.contacts[:_MOST]) or 'nobody'}")
        for username, person in list(people.by_username.items())[:_MOST]
    ]
    nobody = [] if _NOBODY in people.by_username else [Suggestion(_NOBODY, "does not exist")]
    return known + nobody + [with_fault for one in known[:1] for with_fault in suggest_faults(one.value)]


def suggest_faults(asked: str) -> list[Suggestion]:
    """List something with each fault."""
    return [Suggestion(f"{asked}~{fault}", f"the backend {about}") for fault, about in _FAULTS.items()]
