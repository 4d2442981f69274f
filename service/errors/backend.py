"""Errors of the backends, and of a service that is overloaded or stopping."""

from twisted.python.failure import Failure

from service.errors.base import ServiceError


class BackendError(ServiceError, status=502, code="backend_error", title="Backend error"):
    """A backend that is unreachable, refuses, or returns garbage; ``backend`` is its name in plain words."""

    meaning = "A server that this service depends on did not do its part."
    when = "The user database or the IM service is down, refuses to answer, or returns something that makes no sense."
    advice = (
        "Try again later. The member backend names the server; the log of this service says what was wrong with it."
    )

    def __init__(self, backend: str, problem: str) -> None:
        super().__init__(f"the {backend} {problem}", backend=backend)


class Overloaded(ServiceError, status=503, code="overloaded", title="Overloaded", retry_after=1):
    """More concurrent work than the service or a backend accepts."""

    meaning = "There is more work in progress than this service or a backend accepts."
    when = (
        "Too many requests are being answered, too many streams are open, by all clients or by this one, "
        "too many pages are being fetched, or a proxy knows no process that is ready."
    )
    advice = (
        "Try again after the number of seconds in the header Retry-After; end streams that are not needed any more."
    )


class RateLimited(ServiceError, status=429, code="rate_limited", title="Rate limited"):
    """More calls of one client than a backend accepts; it may call again after ``seconds``."""

    meaning = "You have asked more often than a backend accepts."
    when = "A backend limits how often each client may call it. Of the backends of this service, only the fakes do."
    advice = "Try again after the number of seconds in the header Retry-After, and ask less often."

    def __init__(self, error: str, seconds: int) -> None:
        super().__init__(f"{error}; try again in {seconds} second{'s' if seconds > 1 else ''}")
        self.headers = {b"Retry-After": b"%d" % seconds}


class Draining(ServiceError, status=503, code="draining", title="Draining", retry_after=5):
    """A graceful shutdown in progress; another replica can answer, or this one after a restart."""

    meaning = "This service is stopping."
    when = "It was told to stop while the request was in progress, or /readyz was asked after that."
    advice = (
        "Try again after the number of seconds in the header Retry-After: another process may answer, or this one "
        "after its restart."
    )


class KeysUnavailable(ServiceError, status=503, code="keys_unavailable", title="Keys unavailable", retry_after=5):
    """The keys for the token of a request, which cannot be fetched."""

    meaning = "This service cannot check the token, because it cannot fetch the key for it."
    when = "The server with the keys is down, and the token is signed with a key that is not known yet."
    advice = "Try again after the number of seconds in the header Retry-After; the token may be valid."


class StoppedByHand(ServiceError, status=503, code="stopped_by_hand", title="Stopped by hand"):
    """A request cancelled by hand, from the X-ray."""

    meaning = "Somebody cancelled the request while it was in progress."
    when = "The button Cancel of the page at /, or DELETE /xray/waiting/{request_id}, was used on this machine."
    advice = "Send the request again."


class TimedOut(ServiceError, status=504, code="timeout", title="Timeout"):
    """A deadline that has passed, after ``seconds``; ``what`` names the missing result."""

    meaning = "The result did not arrive before the deadline."
    when = (
        "A backend or the web server of a page is slow or hangs, or the file that /wait-for-file waits for has "
        "not arrived."
    )
    advice = "Try again. The operator can change the deadlines with --deadline and --wait."

    def __init__(self, seconds: float, what: str = "answer") -> None:
        super().__init__(f"no {what} within {seconds:g} seconds")


def or_time_out(_: object, seconds: float) -> Failure:
    """Replace the result of what was cancelled at a deadline: see ``Deferred.addTimeout``."""
    return Failure(TimedOut(seconds))
