"""How are the backends: all of them asked at once, none of them able to keep us waiting."""

from collections.abc import Mapping
from typing import Any

from attrs import frozen
from twisted.internet.defer import Deferred, TimeoutError as NoAnswer, gatherResults, succeed
from twisted.internet.interfaces import IReactorTime
from twisted.logger import Logger
from twisted.python.failure import Failure

from service.errors import Overloaded, TimedOut
from service.interfaces import IBackend

_log = Logger()


@frozen(kw_only=True)
class Health:
    """The state of the backends, by name. Each has ``deadline`` seconds to say something."""

    backends: Mapping[str, IBackend]
    clock: IReactorTime
    deadline: float = 1.0

    def check(self) -> Deferred[dict[str, str]]:
        """Ask every backend how it is.

        :return: a Deferred that fires with ``{name: state}``, a state being ``"ok"``, ``"down"``, ``"overloaded"``
            or, of one that does not answer in time, ``"timeout"``.
        """
        d = gatherResults([self._state_of(name) for name in self.backends], consumeErrors=True)
        return d.addCallback(lambda states: dict(zip(self.backends, states, strict=True)))

    def _state_of(self, name: str) -> Deferred[str]:
        d: Deferred[None] = succeed(None)
        d.addCallback(lambda _: self.backends[name].ping())
        d.addTimeout(self.deadline, self.clock)
        return d.addCallbacks(lambda _: "ok", or_what_is_wrong, errbackArgs=(name,))


def or_what_is_wrong(failure: Failure, name: str) -> str:
    """Recover from whatever is wrong with a backend, by saying it."""
    if failure.check(NoAnswer, TimedOut):
        return "timeout"
    if failure.check(Overloaded):
        return "overloaded"
    reason: Any = failure.value
    _log.warn("backend {name} is down: {reason!r}", name=name, reason=reason.__cause__ or reason)
    return "down"
