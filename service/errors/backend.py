"""Errors of the backends, and of a service that is overloaded or stopping."""

from twisted.python.failure import Failure

from service.errors.base import ServiceError


class BackendError(ServiceError, status=502, code="backend_error", title="Backend error"):
    """A backend that is unreachable, refuses, or returns garbage; ``backend`` is its name in plain words."""

    def __init__(self, backend: str, problem: str) -> None:
        super().__init__(f"the {backend} {problem}", backend=backend)


class Overloaded(ServiceError, status=503, code="overloaded", title="Overloaded", retry_after=1):
    """More concurrent work than the service or a backend accepts."""


class Draining(ServiceError, status=503, code="draining", title="Draining", retry_after=5):
    """A graceful shutdown in progress; another replica can answer, or this one after a restart."""


class StoppedByHand(ServiceError, status=503, code="stopped_by_hand", title="Stopped by hand"):
    """A request cancelled by hand, from the X-ray."""


class TimedOut(ServiceError, status=504, code="timeout", title="Timeout"):
    """A deadline that has passed, after ``seconds``; ``what`` names the missing result."""

    def __init__(self, seconds: float, what: str = "answer") -> None:
        super().__init__(f"no {what} within {seconds:g} seconds")


def or_time_out(_: object, seconds: float) -> Failure:
    """Replace the result of what was cancelled at a deadline: see ``Deferred.addTimeout``."""
    return Failure(TimedOut(seconds))
