"""The bench on which an exercise is checked: a clock, an IM service and a database, and what they have seen."""

from typing import Any

from attrs import define, field
from twisted.internet.defer import Deferred
from twisted.internet.task import Clock
from twisted.python.failure import Failure

NAMES = {"dustin": "Dustin", "karl": "Karl"}
CONTACTS = ["karl", "amber"]
#: Seconds until an answer comes, and until that of ``slow`` does.
SOON, LATE = 1, 60


class NotYet(Exception):
    """An exercise does not hold yet: what happened instead, and the Deferred to look at."""

    def __init__(self, says: str, deferred: Any = None) -> None:
        super().__init__(says)
        self.says = says
        self.deferred = deferred


@define
class Bench:
    """What the function of an exercise is called with, on a clock: an IM service and a database."""

    clock: Clock = field(factory=Clock)
    asked: list[str] = field(factory=list)
    cancelled: list[str] = field(factory=list)

    def get_contact_list(self, username: str) -> Deferred[Any]:
        """Fire with contacts a second later, for ``slow`` a minute; fail as ``get_name`` does."""
        return self._answer(username, CONTACTS)

    def get_name(self, username: str) -> Deferred[Any]:
        """Fire with a name a second later; fail with LookupError for ``jimbo``, with ConnectionError for ``down``."""
        return self._answer(username, NAMES.get(username))

    def _answer(self, username: str, answer: Any) -> Deferred[Any]:
        def cancel(_: Any) -> None:
            timer.cancel()
            self.cancelled.append(username)

        d: Deferred[Any] = Deferred(cancel)
        failures = {"jimbo": LookupError("no such user: jimbo"), "down": ConnectionError("the server is down")}
        failure = failures.get(username)
        fire, value = (d.callback, answer) if failure is None else (d.errback, failure)
        timer = self.clock.callLater(LATE if username == "slow" else SOON, fire, value)
        self.asked.append(username)
        return d

    def outcome(self, returned: Any, seconds: float) -> Any:
        """Let seconds pass, one by one; return the result or the ``Failure`` of a Deferred, or ``...`` if it waits.

        :raise NotYet: if it is not a Deferred, or if something raises in a timer.
        """
        if not isinstance(returned, Deferred):
            raise NotYet(f"It returned {returned!r}, and not a Deferred: is a return missing?")
        outcomes: list[Any] = []

        def the_caller(outcome: Any) -> None:  # in pictures it is the last step
            outcomes.append(outcome)

        returned.addBoth(the_caller)
        self.wait(seconds, returned)
        return outcomes[0] if outcomes else ...

    def wait(self, seconds: float, d: Any) -> None:
        """Let seconds pass.

        :raise NotYet: if something raises in a timer.
        """
        try:
            self.clock.pump([0] + [1] * int(seconds))
        except Exception as error:
            raise NotYet(f"After {self.clock.seconds():g} seconds a timer raised {name_of(error)}.", d) from error


def name_of(error: BaseException) -> str:
    """Return an error with its message."""
    return f"{type(error).__name__}: {error}" if str(error) else type(error).__name__


def shown(outcome: Any) -> str:
    """Return an outcome as words."""
    if outcome is ...:
        return "nothing yet"
    return repr(outcome.value if isinstance(outcome, Failure) else outcome)
