"""The terminal errback: a Failure becomes a problem document (RFC 9457)."""

from collections.abc import Iterable
from typing import Annotated, Any

from twisted.internet.defer import CancelledError
from twisted.logger import Logger
from twisted.python.failure import Failure
from twisted.web.iweb import IRequest
from werkzeug.exceptions import HTTPException, MethodNotAllowed as WrongMethod

from service.errors import (
    BackendError,
    ClientGone,
    InternalError,
    Members,
    MethodNotAllowed,
    NoSuchRoute,
    ServiceError,
)
from service.web.exchanges import exchange_of
from service.web.replies import as_problem_json

_log = Logger()


class Problem(Members):
    """What went wrong (RFC 9457)."""

    type: Annotated[str, "the path of an explanation"]
    title: str
    status: int
    code: Annotated[str, "a word for programs"]
    error: Annotated[str, "a sentence for people"]
    request_id: Annotated[str, "identifies the request in the log of the service; also in X-Request-Id"]
    trace_id: Annotated[str, "the trace that the request belongs to: that of traceparent, or a new one"]


def as_problem(failure: Failure, request: IRequest) -> bytes:
    """Convert whatever went wrong to a problem document for the browser: the terminal errback of every chain.

    :return: the encoded problem document, with its status and headers set on the request; b"" if the client is gone.
    """
    error = as_service_error(failure, request)
    if isinstance(error, ClientGone):
        return b""
    exchange = exchange_of(request)
    return problem_response(error, exchange.id, exchange.trace_id, request)


def problem_response(error: ServiceError, request_id: str, trace_id: str, response: Any) -> bytes:
    """Describe an error in a response: its status, its headers, and the problem document that is returned."""
    for name, value in error.headers.items():
        response.setHeader(name, value)
    return as_problem_json(problem_document(error, request_id, trace_id), response)


def problem_document(error: ServiceError, request_id: str, trace_id: str) -> Problem:
    """Describe an error to the browser; ``error`` is the member that the slides' JavaScript looks for."""
    return {
        "type": type_of(error.code),
        "title": error.title,
        "status": error.status,
        "code": error.code,
        "error": error.error,
        **error.members,
        "request_id": request_id,
        "trace_id": trace_id,
    }


def type_of(code: str) -> str:
    """Return the type of the problem with this code: the path of its explanation."""
    return f"/problems/{code.replace('_', '-')}"


def as_service_error(failure: Failure, request: IRequest) -> ServiceError:
    """Map a failure to a ``ServiceError``, and log what the client is not shown."""
    exchange = exchange_of(request)
    error = (exchange.cancelled if failure.check(CancelledError) else None) or failure.value
    if isinstance(error, BackendError):
        _log.warn(
            "{error.with_cause} ({request_id})",
            error=error,
            request_id=exchange.id,
            trace_id=exchange.trace_id,
            usernames=names_in(request),
        )
    if isinstance(error, ServiceError):
        return error
    if isinstance(error, HTTPException):
        return as_routing_error(error, request)
    _log.failure(
        "a request failed because of a bug ({request_id})",
        failure,
        request_id=exchange.id,
        trace_id=exchange.trace_id,
        usernames=names_in(request),
    )
    return InternalError("internal error; look for this request_id in the server log")


def names_in(request: IRequest) -> list[str]:
    """Return the usernames that a request asks for: a foreign exception may have them in its text."""
    return [name.decode(errors="replace") for name in request.args.get(b"username", [])]


def as_routing_error(error: HTTPException, request: IRequest) -> ServiceError:
    """Map an error of werkzeug's router; its redirect to a tidier path is a path that does not exist."""
    if isinstance(error, WrongMethod):
        return MethodNotAllowed(request.method.decode("latin-1"), with_options(error.valid_methods or ()))
    return NoSuchRoute("there is nothing at this path")


def with_options(methods: Iterable[str]) -> list[str]:
    """Return the methods that a path allows: those of its routes, and OPTIONS, which is answered for all of them."""
    return sorted({*methods, "OPTIONS"})
