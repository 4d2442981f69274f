"""Errors of a request or of its client."""

from service.errors.backend import Overloaded
from service.errors.base import ServiceError


class BadRequest(ServiceError, status=400, code="bad_request", title="Bad request"):
    """An invalid request."""


class MissingParameter(BadRequest, code="missing_parameter", title="Missing parameter"):
    """A missing query parameter."""

    def __init__(self, parameter: str) -> None:
        super().__init__(f"no {parameter} specified", parameter=parameter)


class RepeatedParameter(BadRequest, code="repeated_parameter", title="Repeated parameter"):
    """A query parameter that is given more than once, where only one is accepted."""

    def __init__(self, parameter: str) -> None:
        super().__init__(f"{parameter} is given more than once", parameter=parameter)


class InvalidParameter(BadRequest, code="invalid_parameter", title="Invalid parameter"):
    """A query parameter with an invalid value; ``problem`` completes "username ..."."""

    def __init__(self, parameter: str, problem: str) -> None:
        super().__init__(f"{parameter} {problem}", parameter=parameter)


class NoSuchUser(ServiceError, status=404, code="no_such_user", title="No such user"):
    """A username that does not exist."""

    def __init__(self, username: str) -> None:
        super().__init__(f"no such user: {username}")


class NoSuchRoute(ServiceError, status=404, code="not_found", title="Not found"):
    """A path without a route or a resource."""


class NotLocal(ServiceError, status=403, code="not_local", title="Not local"):
    """A path that is only available from this machine."""


class MethodNotAllowed(ServiceError, status=405, code="method_not_allowed", title="Method not allowed"):
    """A path that does not support the method; ``allowed`` are the methods it supports."""

    def __init__(self, method: str, allowed: list[str]) -> None:
        super().__init__(f"{method} is not allowed here, only {', '.join(allowed[:-1])} and {allowed[-1]}")
        self.headers = {b"Allow": ", ".join(allowed).encode()}


class RefusedRequest(ServiceError):
    """A request that the HTTP server rejected, with the status and code of the rejection."""

    def __init__(self, status: int, code: str, title: str, error: str) -> None:
        super().__init__(error)
        self.status, self.code, self.title = status, code, title
        if status == Overloaded.status:
            self.headers = Overloaded.headers


class ClientGone(ServiceError, status=499, code="client_gone", title="Client gone"):
    """A client that disconnected before its response was ready."""
