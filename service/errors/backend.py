"""What can be wrong behind the service, and with the service itself when there is too much to do."""

from service.errors.base import ServiceError


class BackendError(ServiceError):
    """A backend cannot be reached, refuses, or answers nonsense; ``backend`` is its name in plain words."""

    status = 502
    code = "backend_error"
    title = "Backend error"

    def __init__(self, backend: str, problem: str) -> None:
        super().__init__(f"the {backend} {problem}", backend=backend)


class Overloaded(ServiceError):
    """There is more to do than the service, or a backend, takes on at the same time."""

    status = 503
    code = "overloaded"
    title = "Overloaded"
    headers = {b"Retry-After": b"1"}  # noqa: RUF012  see ServiceError


class Draining(ServiceError):
    """The service is about to stop; another replica, or this one soon, can answer."""

    status = 503
    code = "draining"
    title = "Draining"
    headers = {b"Retry-After": b"5"}  # noqa: RUF012  see ServiceError


class StoppedByHand(ServiceError):
    """Somebody did not want to wait any longer."""

    status = 503
    code = "stopped_by_hand"
    title = "Stopped by hand"


class TimedOut(ServiceError):
    """The deadline passed; ``seconds`` is how long it was, ``what`` is that which did not come."""

    status = 504
    code = "timeout"
    title = "Timeout"

    def __init__(self, seconds: float, what: str = "answer") -> None:
        super().__init__(f"no {what} within {seconds:g} seconds")
