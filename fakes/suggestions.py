"""Example queries for the fakes: known people, an unknown user, and each fault."""

from fakes.people import People
from service.values import Suggestion

#: Fault, as written after a name -> its effect.
FAULTS = {
    "slow": "the backend answers after a second",
    "hang": "the backend never answers: times out at the deadline unless you cancel it",
    "down": "the backend cannot be reached",
    "malformed": "the backend returns garbage",
    "unserialisable": "the backend returns something that cannot be encoded as JSON",
    "raise": "the backend has a bug: it raises instead of returning a Deferred",
    "flaky": "the backend cannot be reached, in half of the calls",
    "slow~down": "the backend cannot be reached, and fails only after a second",
    "fail=2": "the first two calls of each client fail, then it works",
    "overloaded": "the backend is busy: 503 with Retry-After",
    "limited=2": "you ask too often: 429 with Retry-After",
    "unauthorised": "the session has ended: 401",
    "html": "a proxy responds with its own error page, in HTML",
    "reset": "the connection is reset after the headers",
    "truncated": "the connection is closed in the middle of the body",
    "drip=10": "the body arrives slowly, 10 bytes a second",
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
    return [Suggestion(f"{asked}~{fault}", about) for fault, about in FAULTS.items()]
