"""Errors of a request or of its client."""

from service.errors.backend import Overloaded
from service.errors.base import ServiceError


class BadRequest(ServiceError, status=400, code="bad_request", title="Bad request"):
    """An invalid request."""

    meaning = "The request makes no sense to this service."
    when = "The path is not UTF-8, Last-Event-ID does not belong to the stream, or a proxy got what is not HTTP/1.1."
    advice = "Send the request as /openapi.json describes it; error says what is wrong with it."


class MissingParameter(BadRequest, code="missing_parameter", title="Missing parameter"):
    """A missing query parameter."""

    meaning = "The query lacks a parameter."
    when = "The parameter that is named in the member parameter is not in the query."
    advice = "Add it, as in /contacts?username=dustin."

    def __init__(self, parameter: str) -> None:
        super().__init__(f"no {parameter} specified", parameter=parameter)


class RepeatedParameter(BadRequest, code="repeated_parameter", title="Repeated parameter"):
    """A query parameter that is given more than once, where only one is accepted."""

    meaning = "The query has a parameter more than once that is accepted only once."
    when = "The parameter that is named in the member parameter is repeated; only /users takes several usernames."
    advice = "Send one request for each value."

    def __init__(self, parameter: str) -> None:
        super().__init__(f"{parameter} is given more than once", parameter=parameter)


class InvalidParameter(BadRequest, code="invalid_parameter", title="Invalid parameter"):
    """A query parameter with an invalid value; ``problem`` completes "username ..."."""

    meaning = "A parameter of the query has a value that is not accepted."
    when = (
        "The parameter that is named in the member parameter is blank, too long, not UTF-8, has control "
        "characters, or is outside of its range."
    )
    advice = "Give a value as /openapi.json describes it; error says what is wrong with this one."

    def __init__(self, parameter: str, problem: str) -> None:
        super().__init__(f"{parameter} {problem}", parameter=parameter)


class NoSuchUser(ServiceError, status=404, code="no_such_user", title="No such user"):
    """A username that does not exist."""

    meaning = "No user has this username."
    when = "The username is misspelt, or its user is gone."
    advice = "Check the spelling of the username."

    def __init__(self, username: str) -> None:
        super().__init__(f"no such user: {username}")


class Unauthorised(ServiceError, status=401, code="unauthorised", title="Unauthorised"):
    """A request without valid credentials; ``challenge`` says which are (RFC 9110, section 11.6.1)."""

    meaning = "This service answers only callers that it knows."
    when = "The request has no credentials, or they are invalid, not valid yet or not valid any more."
    advice = "Log in again, and send the new token in the header Authorization, as Bearer; error says what is wrong."

    def __init__(self, error: str, challenge: str) -> None:
        super().__init__(error)
        self.headers = {b"WWW-Authenticate": challenge.encode()}


class NotYours(ServiceError, status=403, code="not_yours", title="Not yours"):
    """The contact list of another user."""

    meaning = "A contact list is for its owner."
    when = "The username is not that of the caller, who does not have the scope contacts:read, either."
    advice = "Ask for the contact list of the user who is logged in."

    def __init__(self) -> None:
        super().__init__("this contact list belongs to another user")


class NoSuchRoute(ServiceError, status=404, code="not_found", title="Not found"):
    """A path without a route or a resource."""

    meaning = "There is nothing at this path."
    when = "The path is misspelt, or what it leads to does not exist, or not any more."
    advice = "Use one of the paths that /openapi.json lists."


class NotLocal(ServiceError, status=403, code="not_local", title="Not local"):
    """A path that is only available from this machine."""

    meaning = "This path is only for the machine that the service runs on, or at the admin endpoint."
    when = "The client is on another machine, the header Host names another one, or a page of another origin has asked."
    advice = "Open http://localhost with the port of the service, on its machine, or the address that --admin names."


class MethodNotAllowed(ServiceError, status=405, code="method_not_allowed", title="Method not allowed"):
    """A path that does not support the method; ``allowed`` are the methods it supports."""

    meaning = "The path exists, but not for this method."
    when = "The method is not among those in the header Allow."
    advice = "Use one of the methods in the header Allow."

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

    meaning = "The client disconnected before it had its response."
    when = "The client gave up, or a second signal ended the service. This is only in the log: no client sees it."
    advice = "Look for what took long: the log has the seconds of the request."
