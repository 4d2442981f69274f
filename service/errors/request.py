"""What can be wrong with a request, or with whoever sent it."""

from service.errors.backend import Overloaded
from service.errors.base import ServiceError


class BadRequest(ServiceError):
    """The request cannot be understood."""

    status = 400
    code = "bad_request"
    title = "Bad request"


class MissingParameter(BadRequest):
    """A query parameter is not there."""

    code = "missing_parameter"
    title = "Missing parameter"

    def __init__(self, parameter: str) -> None:
        super().__init__(f"no {parameter} specified", parameter=parameter)


class RepeatedParameter(BadRequest):
    """A query parameter is there more than once, and only one can be meant."""

    code = "repeated_parameter"
    title = "Repeated parameter"

    def __init__(self, parameter: str) -> None:
        super().__init__(f"{parameter} is given more than once", parameter=parameter)


class InvalidParameter(BadRequest):
    """A query parameter has a value that it cannot have; ``problem`` completes "username ..."."""

    code = "invalid_parameter"
    title = "Invalid parameter"

    def __init__(self, parameter: str, problem: str) -> None:
        super().__init__(f"{parameter} {problem}", parameter=parameter)


class NoSuchUser(ServiceError):
    """Nobody has that username."""

    status = 404
    code = "no_such_user"
    title = "No such user"

    def __init__(self, username: str) -> None:
        super().__init__(f"no such user: {username}")


class NoSuchRoute(ServiceError):
    """There is nothing at that path."""

    status = 404
    code = "not_found"
    title = "Not found"


class NotLocal(ServiceError):
    """What is there is for this machine alone."""

    status = 403
    code = "not_local"
    title = "Not local"


class MethodNotAllowed(ServiceError):
    """The path exists, but not for that verb; ``allowed`` are those it has."""

    status = 405
    code = "method_not_allowed"
    title = "Method not allowed"

    def __init__(self, method: str, allowed: list[str]) -> None:
        super().__init__(f"{method} is not allowed here, only {' and '.join(allowed)}")
        self.headers = {b"Allow": ", ".join(allowed).encode()}


class RefusedRequest(ServiceError):
    """The HTTP server could not accept what was sent as a request; it says why."""

    def __init__(self, status: int, code: str, title: str, error: str) -> None:
        super().__init__(error)
        self.status, self.code, self.title = status, code, title
        if status == Overloaded.status:
            self.headers = Overloaded.headers


class ClientGone(ServiceError):
    """The client went away before its answer was ready."""

    status = 499
    code = "client_gone"
    title = "Client gone"
