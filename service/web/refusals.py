"""What the HTTP server refuses, in words for the client."""

from service.errors import RefusedRequest
from service.wire.errors import ProtocolError

#: Code -> title, and the sentence for the client.
_WORDS = {
    "malformed_request_line": ("Malformed request line", "the request line is malformed"),
    "malformed_header": ("Malformed header", "a header line is malformed"),
    "invalid_host": ("Invalid host", "exactly one valid Host header is required"),
    "invalid_length": (
        "Invalid length",
        "Content-Length is missing, invalid, or conflicts with Transfer-Encoding",
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


def as_refusal(error: ProtocolError) -> RefusedRequest:
    """Put an error of the HTTP server into words."""
    title, text = _WORDS[error.code]
    return RefusedRequest(error.status, error.code, title, text)
