"""A Failure becomes a problem document (RFC 9457): here, and nowhere else."""

from typing import Any

from twisted.logger import Logger
from twisted.python.failure import Failure
from twisted.web.iweb import IRequest
from werkzeug.exceptions import HTTPException, MethodNotAllowed as WrongMethod

from service.errors import (
    BackendError,
    ClientGone,
    Draining,
    InternalError,
    MethodNotAllowed,
    NoSuchRoute,
    Overloaded,
    ServiceError,
)
from service.web.exchanges import exchange_of, why_cancelled
from service.web.replies import as_problem_json

_log = Logger()


def as_problem(failure: Failure, request: IRequest) -> bytes | None:
    """End a chain: turn whatever went wrong into JSON for the browser. The terminal errback of every chain.

    :return: the encoded problem document, with its status and headers set on the request; None if the client
        is no longer there to read it.
    """
    error = as_service_error(failure, request)
    if isinstance(error, ClientGone):
        return None
    if isinstance(error, MethodNotAllowed):
        request.setHeader(b"Allow", ", ".join(error.allowed).encode())
    if isinstance(error, Overloaded | Draining):
        request.setHeader(b"Retry-After", b"%d" % error.retry_after)
    return as_problem_json(problem_document(error, request), request)


def problem_document(error: ServiceError, request: IRequest) -> dict[str, Any]:
    """Describe an error to the browser; ``error`` is the member that the slides' JavaScript looks for."""
    return {
        "type": f"/problems/{error.code.replace('_', '-')}",
        "title": error.title,
        "status": error.status,
        "code": error.code,
        "error": error.error,
        **error.members,
        "request_id": exchange_of(request).id,
    }


def as_service_error(failure: Failure, request: IRequest) -> ServiceError:
    """Find the error of ours that a failure amounts to, and log what its reader is not told."""
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
    return InternalError("something went wrong here; the log knows what, by the request_id")


def as_routing_error(error: HTTPException, request: IRequest) -> ServiceError:
    """Translate what werkzeug's router raises; its redirect to a tidier path is a path that does not exist."""
    if isinstance(error, WrongMethod):
        return MethodNotAllowed(request.method.decode("latin-1"), sorted(error.valid_methods or ()))
    return NoSuchRoute("there is nothing at this path")
