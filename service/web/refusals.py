"""What the HTTP server refuses, in words: one entry for each code of a ``ProtocolError``."""

from typing import NamedTuple

from service.errors import RefusedRequest
from service.wire.errors import ProtocolError


class Refusal(NamedTuple):
    """The words for a refusal: ``error`` is its message; ``when`` it happens and ``advice`` explain it to authors."""

    title: str
    error: str
    when: str
    advice: str

    @property
    def meaning(self) -> str:
        """The message as a sentence."""
        return f"{self.error[0].upper()}{self.error[1:]}."


_SEND_HTTP = "Let a library for HTTP write the request."

REFUSALS = {
    "malformed_request_line": Refusal(
        "Malformed request line",
        "the request line is malformed",
        "The first line is not a method, a path and a version, as in GET /contacts HTTP/1.1.",
        _SEND_HTTP,
    ),
    "malformed_header": Refusal(
        "Malformed header",
        "a header line is malformed",
        "A header line has no colon, has a space before it, or has control characters.",
        _SEND_HTTP,
    ),
    "invalid_host": Refusal(
        "Invalid host",
        "exactly one valid Host header is required",
        "The header Host is missing, repeated, empty or not a host.",
        _SEND_HTTP,
    ),
    "invalid_length": Refusal(
        "Invalid length",
        "Content-Length or Transfer-Encoding is invalid, or there are both",
        "The end of the body is ambiguous, which could smuggle in another request.",
        _SEND_HTTP,
    ),
    "incomplete_request": Refusal(
        "Incomplete request",
        "the connection was closed in the middle of the request",
        "The client has closed its side of the connection before the end of the request.",
        "Send the whole request before closing.",
    ),
    "malformed_chunk": Refusal(
        "Malformed chunk",
        "the chunked body is malformed",
        "A body with Transfer-Encoding: chunked has an invalid size or an invalid end of a chunk.",
        _SEND_HTTP,
    ),
    "request_timeout": Refusal(
        "Request timeout",
        "the request did not arrive in time",
        "The client or the network was too slow to send all of it: --limits has the deadlines.",
        "Send the request again, in one go.",
    ),
    "content_too_large": Refusal(
        "Content too large",
        "the request body exceeds the size limit",
        "A body was sent that is longer than the limit body in --limits. No endpoint needs a body.",
        "Send the request without a body.",
    ),
    "uri_too_long": Refusal(
        "URI too long",
        "the request line exceeds the size limit",
        "The path and the query are longer than the limit request_line in --limits.",
        "Send fewer or shorter parameters: /users can be asked several times.",
    ),
    "expectation_failed": Refusal(
        "Expectation failed",
        "unsupported Expect header: only 100-continue is supported",
        "The header Expect has another value than 100-continue.",
        "Leave out the header Expect.",
    ),
    "headers_too_large": Refusal(
        "Headers too large",
        "the headers exceed the size limit, or there are too many of them",
        "Cookies or other headers are longer than the limit headers, or more than the limit fields, in --limits.",
        "Delete the cookies for this host; send fewer or shorter headers.",
    ),
    "not_implemented": Refusal(
        "Not implemented",
        "the method or transfer coding is not supported",
        "The method is not one of RFC 9110 or PATCH, or the body has a transfer coding before chunked.",
        "Send GET or HEAD, without a body.",
    ),
    "too_much_at_once": Refusal(
        "Too much at once",
        "too many requests were sent without waiting for a response",
        "Pipelined requests, or a body, exceed the limit pipelined in --limits while a response is being made.",
        "Wait for a response before sending more.",
    ),
    "version_not_supported": Refusal(
        "Version not supported",
        "only HTTP/1.1 and HTTP/1.0 are supported",
        "The request line has another version, such as HTTP/2.0.",
        "Use HTTP/1.1. A proxy in front of the service can speak HTTP/2 with its clients.",
    ),
}


def as_refusal(error: ProtocolError) -> RefusedRequest:
    """Put an error of the HTTP server into words."""
    refusal = REFUSALS[error.code]
    return RefusedRequest(error.status, error.code, refusal.title, refusal.error)
