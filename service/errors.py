"""What can go wrong, as one tree: each class has a status, a code and words for the browser.

::

    ServiceError                        500
    ├── BadRequest                      400  bad_request
    │   ├── MissingParameter            400  missing_parameter
    │   ├── RepeatedParameter           400  repeated_parameter
    │   └── InvalidParameter            400  invalid_parameter
    ├── BlockedAddress                  403  blocked_address
    ├── NoSuchUser                      404  no_such_user
    ├── NoSuchRoute                     404  not_found
    ├── MethodNotAllowed                405  method_not_allowed
    ├── NotHTML                         422  not_html
    ├── UpstreamStatus                  422  upstream_status
    ├── ClientGone                      499  client_gone (in the log only: nobody is left to read it)
    ├── InternalError                   500  internal_error
    ├── BackendError                    502  backend_error
    ├── Overloaded                      503  overloaded
    ├── Draining                        503  draining
    └── TimedOut                        504  timeout

The text of a ServiceError is shown to the person at the browser: never put the text of a library's exception
into it. What caused it goes to the log, by ``raise ... from cause``.
"""

from collections.abc import Mapping
from typing import ClassVar


class ServiceError(Exception):
    """Something that has a name: ``error`` is the browser's sentence, ``members`` more for its problem document."""

    status: ClassVar[int] = 500
    code: ClassVar[str]
    title: ClassVar[str]

    def __init__(self, error: str, **members: str | int) -> None:
        super().__init__(error)
        self.error = error
        self.members: Mapping[str, str | int] = members


class BadSetting(Exception):
    """A setting has a value that it cannot have: nothing that the browser will see, for nothing starts."""

    def __init__(self, flag: str, value: str, expected: str) -> None:
        super().__init__(f"{flag} {value!r}: expected {expected}")


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


class BlockedAddress(ServiceError):
    """An address that we will not connect to."""

    status = 403
    code = "blocked_address"
    title = "Blocked address"


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


class MethodNotAllowed(ServiceError):
    """The path exists, but not for that verb; ``allowed`` are those it has."""

    status = 405
    code = "method_not_allowed"
    title = "Method not allowed"

    def __init__(self, method: str, allowed: list[str]) -> None:
        super().__init__(f"{method} is not allowed here, only {' and '.join(allowed)}")
        self.allowed = allowed


class NotHTML(ServiceError):
    """What came is not an HTML page."""

    status = 422
    code = "not_html"
    title = "Not an HTML page"


class UpstreamStatus(ServiceError):
    """The web server of the page answered with a status other than 200."""

    status = 422
    code = "upstream_status"
    title = "The page is not to be had"

    def __init__(self, upstream_status: int) -> None:
        super().__init__(f"the page's server answered with status {upstream_status}", upstream_status=upstream_status)


class ClientGone(ServiceError):
    """The client went away before its answer was ready."""

    status = 499
    code = "client_gone"
    title = "Client gone"


class InternalError(ServiceError):
    """A mistake of ours."""

    code = "internal_error"
    title = "Internal error"


class BackendError(ServiceError):
    """A backend cannot be reached, refuses, or answers nonsense; ``backend`` is its name in plain words."""

    status = 502
    code = "backend_error"
    title = "Backend error"

    def __init__(self, backend: str, problem: str) -> None:
        super().__init__(f"the {backend} {problem}", backend=backend)


class Overloaded(ServiceError):
    """There is more to do than we take on at once; ``retry_after`` is in seconds."""

    status = 503
    code = "overloaded"
    title = "Overloaded"
    retry_after = 1


class Draining(ServiceError):
    """The service is about to stop; another replica, or this one soon, can answer."""

    status = 503
    code = "draining"
    title = "Draining"
    retry_after = 5


class TimedOut(ServiceError):
    """The deadline passed; ``seconds`` is how long it was."""

    status = 504
    code = "timeout"
    title = "Timeout"

    def __init__(self, seconds: float) -> None:
        super().__init__(f"no answer within {seconds:g} seconds")
