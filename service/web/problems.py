"""The terminal errback: a Failure becomes a problem document (RFC 9457)."""

from typing import Any

from twisted.logger import Logger
from twisted.python.failure import Failure
from twisted.web.iweb import IRequest
from werkzeug.exceptions import HTTPException, MethodNotAllowed as WrongMethod

from service.errors import (
    BackendError,
    ClientGone,
    InternalError,
    MethodNotAllowed,
    NoSuchRoute,
    ServiceError,
)
from service.web.exchanges import exchange_of, why_cancelled
from service.web.replies import as_problem_json

_log = Logger()


def as_problem(failure: Failure, request: IRequest) -> bytes | None:
    """Convert whatever went wrong to a problem document for the browser: the terminal errback of every chain.

    :return: the encoded problem document, with its status and headers set on the request; None if the client has
        disconnected.
    """
    error = as_service_error(failure, request)
    if isinstance(error, ClientGone):
        return None
    return problem_response(error, exchange_of(request).id, request)


def problem_response(error: ServiceError, request_id: str, response: Any) -> bytes:
    """Describe an error in a response: its status, its headers, and the problem document that is returned."""
    for name, value in error.headers.items():
        response.setHeader(name, value)
    return as_problem_json(problem_document(error, request_id), response)


def problem_document(error: ServiceError, request_id: str) -> dict[str, Any]:
    """Describe an error to the browser; ``error`` is the member that the slides' JavaScript looks for."""
    return {
        "type": f"/problems/{error.code.replace('_', '-')}",
        "title": error.title,
        "status": error.status,
        "code": error.code,
        "error": error.error,
        **error.members,
        "request_id": request_id,
    }


def as_service_error(failure: Failure, request: IRequest) -> ServiceError:
    """Map a failure to a ``ServiceError``, and log what the client is not shown."""
    error = why_cancelled(failure, request) or failure.value
    if isinstance(error, BackendError):
        _log.warn(
            "{error.error}: {cause!r} ({request_id})",
            error=error,
            cause=error.__cause__,
            request_id=exchange_of(request).id,
        )
    if isinstance(error, ServiceError):
        return error
    if isinstance(error, HTTPException):
        return as_routing_error(error, request)
    _log.failure("a request failed because of a bug ({request_id})", failure, request_id=exchange_of(request).id)
    return InternalError("internal error; look for this request_id in the server log")


def as_routing_error(error: HTTPException, request: IRequest) -> ServiceError:
    """Map an error of werkzeug's router; its redirect to a tidier path is a path that does not exist."""
    if isinstance(error, WrongMethod):
        return MethodNotAllowed(request.method.decode("latin-1"), sorted(error.valid_methods or ()))
    return NoSuchRoute("there is nothing at this path")
