"""Readiness: ping all backends concurrently, each under a deadline."""

from collections.abc import Mapping

from attrs import frozen
from twisted.internet.defer import Deferred, TimeoutError as NoAnswer, gatherResults, succeed
from twisted.internet.interfaces import IReactorTime
from twisted.logger import Logger
from twisted.python.failure import Failure

from service.errors import BackendError, Overloaded, TimedOut
from service.interfaces import IBackend

_log = Logger()


@frozen(kw_only=True)
class Health:
    """The state of the backends, by name; each has ``deadline`` seconds to answer a ping."""

    backends: Mapping[str, IBackend]
    clock: IReactorTime
    deadline: float = 1.0

    def check(self) -> Deferred[dict[str, str]]:
        """Ping every backend.

        :return: a Deferred that fires with ``{name: state}``, where a state is ``"ok"``, ``"down"``,
            ``"overloaded"`` or, for a backend that does not answer in time, ``"timeout"``.
        """
        d = gatherResults([self._state_of(name) for name in self.backends], consumeErrors=True)
        return d.addCallback(lambda states: dict(zip(self.backends, states, strict=True)))

    def _state_of(self, name: str) -> Deferred[str]:
        d: Deferred[None] = succeed(None)
        d.addCallback(lambda _: self.backends[name].ping())
        d.addTimeout(self.deadline, self.clock)
        return d.addCallbacks(lambda _: "ok", or_what_is_wrong, errbackArgs=(name,))


def or_what_is_wrong(failure: Failure, name: str) -> str:
    """Recover from any failure of a ping by returning the backend's state."""
    if failure.check(NoAnswer, TimedOut):
        return "timeout"
    if failure.check(Overloaded):
        return "overloaded"
    error = failure.value
    if isinstance(error, BackendError):
        _log.warn("backend {name} is down: {error.with_cause}", name=name, error=error)
    else:
        _log.warn("backend {name} is down: {error!r}", name=name, error=error)
    return "down"
