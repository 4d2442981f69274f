"""What the exercises about one chain have to do: 1 to 5."""

import json
from typing import Any

from twisted.internet.defer import CancelledError, Deferred, fail, succeed
from twisted.python.failure import Failure

from service.lessons.exercises.bench import CONTACTS, Bench, NotYet, shown


def return_the_failure(module: Any, bench: Bench) -> str:
    """Check exercise 1."""
    logged: list[str] = []
    d = module.get_contacts(bench, "jimbo", logged.append)
    outcome = bench.outcome(d, 1)
    if not isinstance(outcome, Failure):
        raise NotYet(
            f"The caller gets {shown(outcome)} in place of the failure: what an errback returns is the result.", d
        )
    if not outcome.check(LookupError):
        raise NotYet(f"The caller gets another error than the one that happened: {shown(outcome)}.", d)
    if len(logged) != 1:
        raise NotYet(f"The failure was logged {len(logged)} times, and should be logged once.", d)
    d = module.get_contacts(bench, "dustin", logged.append)
    outcome = bench.outcome(d, 1)
    if outcome != CONTACTS or len(logged) != 1:
        raise NotYet(f"Where nothing fails, the caller gets {shown(outcome)}, and the log is {logged[1:]}.", d)
    return "The failure is logged, and reaches the caller: the errback is nonterminal."


def return_the_deferred(module: Any, bench: Bench) -> str:
    """Check exercise 2."""
    d = module.ajax_get_contacts(bench, "dustin")
    outcome = bench.outcome(d, 0)
    if outcome is not ...:
        raise NotYet(f"The chain did not wait for the contacts, and went on to {shown(outcome)}.", d)
    again = module.ajax_get_contacts(bench, "dustin")
    outcome = bench.outcome(again, 1)
    if outcome != json.dumps(CONTACTS):
        raise NotYet(f"It fired with {shown(outcome)}, and not with the contacts as JSON.", again)
    return "The chain waits for the contacts, and fires with them."


def terminal_errback(module: Any, bench: Bench) -> str:
    """Check exercise 3."""
    for d, expected in (
        (succeed(CONTACTS), {"contacts": CONTACTS}),
        (fail(LookupError("no such user")), {"error": "no such user"}),
        (succeed({object()}), None),
    ):
        result: Any = module.as_json(d)
        outcome = bench.outcome(result, 0)
        if isinstance(outcome, Failure):
            raise NotYet(f"A failure got past the errback: {shown(outcome)}. Is there an errback after that step?", d)
        try:
            body = json.loads(outcome)
        except (TypeError, ValueError) as error:
            raise NotYet(f"It fired with {shown(outcome)}, which is not JSON.", d) from error
        if not isinstance(body, dict):
            raise NotYet(f"It fired with {shown(outcome)}: that is JSON, and not an object with contacts or error.", d)
        if "error" in str(body.get("contacts")):
            raise NotYet("The error went through to_json as if it were contacts: the errback comes too early.", d)
        if list(body) != list(expected or {"error": ""}) or (expected and body != expected):
            raise NotYet(f"It fired with {shown(outcome)}, and should have fired with {json.dumps(expected)}.", d)
    return "Contacts, failures and what to_json raises all become JSON: the errback is terminal."


def recover_from_one_error(module: Any, bench: Bench) -> str:
    """Check exercise 4."""
    for username, expected in (("karl", "Karl"), ("jimbo", "(unknown)")):
        d = module.get_user_name(bench.get_name, username)
        outcome = bench.outcome(d, 1)
        if outcome != expected:
            raise NotYet(f"For {username} it fires with {shown(outcome)}, and should fire with {expected!r}.", d)
    d = module.get_user_name(bench.get_name, "down")
    outcome = bench.outcome(d, 1)
    if not isinstance(outcome, Failure):
        what = "return the failure if it is another one" if outcome is None else "recover from LookupError only"
        raise NotYet(f"The database is down, and the caller gets {shown(outcome)}: {what}.", d)
    if not outcome.check(ConnectionError):
        raise NotYet(f"The database is down, and the caller gets another error: {shown(outcome)}.", d)
    return "An unknown user is (unknown), and a database that is down is still an error."


def canceller(module: Any, bench: Bench) -> str:
    """Check exercise 5."""
    d: Deferred[Any] = module.answer_later(bench.clock, "yes")
    outcome = bench.outcome(d, 2)
    if outcome != "yes":
        raise NotYet(f"After 2 seconds it has {shown(outcome)}, and should have fired with 'yes'.", d)
    d = module.answer_later(bench.clock, "yes")
    d.cancel()
    outcome = bench.outcome(d, 0)
    if bench.clock.getDelayedCalls():
        raise NotYet("The Deferred was cancelled, and its timer is still there: give Deferred(...) a canceller.", d)
    if not (isinstance(outcome, Failure) and outcome.check(CancelledError)):
        raise NotYet(f"A cancelled Deferred should fail with CancelledError; this one has {shown(outcome)}.", d)
    return "Whoever cancels the Deferred cancels its timer."
