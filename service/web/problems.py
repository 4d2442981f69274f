"""The terminal errback: a Failure becomes a problem document (RFC 9457)."""

from collections.abc import Iterable
from typing import Any

from twisted.internet.defer import CancelledError
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
    RefusedRequest,
    ServiceError,
)
from service.web.exchanges import exchange_of
from service.web.replies import as_problem_json
from service.wire.errors import ProtocolError

_log = Logger()

#: Code of the HTTP server -> title, and message for the client.
_REFUSALS = {
    "malformed_request_line": ("Malformed request line", "the request line is malformed"),
    "malformed_header": ("Malformed header", "a header line is malformed"),
    "invalid_host": ("Invalid host", "exactly one valid Host header is required"),
    "invalid_length": (
        "Invalid length",
        "Content-Length or Transfer-Encoding is invalid, or there are both",
    ),
    "incomplete_request": ("Incomplete request", "the connection was closed in the middle of the request"),
    "malformed_chunk": ("Malformed chunk", "the chunked body is malformed"),
    "request_timeout": ("Request timeout", "the request did not arrive in time"),
    "content_too_large": ("Content too large", "the request body exceeds the size limit"),
    "uri_too_long": ("URI too long", "the request line exceeds the size limit"),
    "expectation_failed": ("Expectation failed", "unsupported Expect header: only 100-continue is supported"),
    "headers_too_large": ("Headers too large", "the headers exceed the size limit, or there are too many of them"),
    "not_implemented": ("Not implemented", "the method or transfer coding is not supported"),
    "too_much_at_once": ("Too much at once", "too many requests were sent without waiting for a response"),
    "version_not_supported": ("Version not supported", "only HTTP/1.1 and HTTP/1.0 are supported"),
}


def as_problem(failure: Failure, request: IRequest) -> bytes:
    """Convert whatever went wrong to a problem document for the browser: the terminal errback of every chain.

    :return: the encoded problem document, with its status and headers set on the request; b"" if the client is gone.
    """
    error = as_service_error(failure, request)
    if isinstance(error, ClientGone):
        return b""
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
    exchange = exchange_of(request)
    error = (exchange.cancelled if failure.check(CancelledError) else None) or failure.value
    if isinstance(error, BackendError):
        _log.warn(
            "{error.with_cause} ({request_id})",
            error=error,
            request_id=exchange.id,
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


def as_refusal(error: ProtocolError) -> RefusedRequest:
    """Put an error of the HTTP server into words."""
    title, text = _REFUSALS[error.code]
    return RefusedRequest(error.status, error.code, title, text)
