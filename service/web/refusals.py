"""What the wire refuses, in the words of the service: a problem document like any other."""

import json
from secrets import token_hex
from typing import Any

from twisted.logger import Logger
from twisted.python.failure import Failure

from service.errors import BadRequest
from service.web.problems import as_problem
from service.wire.refusals import Refused

_log = Logger(namespace="access")

#: Code -> title, and what to say to whoever sent that.
_WORDS = {
    "malformed_request_line": ("Malformed request line", "the first line is none of an HTTP request"),
    "malformed_header": ("Malformed header", "a line of the headers is none of HTTP"),
    "invalid_host": ("Invalid host", "there has to be one Host header, and it has to name a host"),
    "invalid_length": ("Invalid length", "how long the body is, is not said, or in more than one way"),
    "incomplete_request": ("Incomplete request", "the connection was closed in the middle of the request"),
    "malformed_chunk": ("Malformed chunk", "the chunks of the body are none of HTTP"),
    "request_timeout": ("Request timeout", "the request did not come whole in time"),
    "content_too_large": ("Content too large", "the body is larger than what is read of one"),
    "uri_too_long": ("URI too long", "the first line is longer than what is read of one"),
    "expectation_failed": ("Expectation failed", "nothing but 100-continue can be expected"),
    "headers_too_large": ("Headers too large", "the headers are more than what is read of them"),
    "not_implemented": ("Not implemented", "that method or transfer coding is not known here"),
    "too_much_at_once": ("Too much at once", "too many requests were sent without waiting for an answer; try again"),
    "version_not_supported": ("Version not supported", "only HTTP/1.1 and HTTP/1.0 are spoken here"),
}


def refuse(status: int, code: str) -> bytes:
    """Make the problem document for a refusal of the wire, and note it in the log."""
    title, error = _WORDS[code]
    request_id = token_hex(16)
    _log.info("refused {status} {code} {request_id}", status=status, code=code, request_id=request_id)
    problem = {
        "type": f"/problems/{code.replace('_', '-')}",
        "title": title,
        "status": status,
        "code": code,
        "error": error,
        "request_id": request_id,
    }
    return json.dumps(problem).encode()


def or_problem(failure: Failure, request: Any) -> bytes | None:
    """End what no endpoint of ours has ended: a path that is not UTF-8, that leads nowhere, or not for that verb."""
    return as_problem(Failure(BadRequest("the path is not UTF-8")) if failure.check(Refused) else failure, request)
