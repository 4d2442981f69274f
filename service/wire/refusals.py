"""What the wire refuses, before anybody could be asked: a status, and a code that says what it was."""

from attrs import frozen


@frozen
class Refusal:
    """An answer of the channel itself, after which nothing more of the connection is read."""

    status: int
    code: str


class Refused(Exception):
    """What a client sent is refused."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.code)
        self.refusal = refusal


MALFORMED_REQUEST_LINE = Refusal(400, "malformed_request_line")
MALFORMED_HEADER = Refusal(400, "malformed_header")
INVALID_HOST = Refusal(400, "invalid_host")
INVALID_LENGTH = Refusal(400, "invalid_length")
INCOMPLETE_REQUEST = Refusal(400, "incomplete_request")
MALFORMED_CHUNK = Refusal(400, "malformed_chunk")
REQUEST_TIMEOUT = Refusal(408, "request_timeout")
CONTENT_TOO_LARGE = Refusal(413, "content_too_large")
URI_TOO_LONG = Refusal(414, "uri_too_long")
EXPECTATION_FAILED = Refusal(417, "expectation_failed")
HEADERS_TOO_LARGE = Refusal(431, "headers_too_large")
NOT_IMPLEMENTED = Refusal(501, "not_implemented")
TOO_MUCH_AT_ONCE = Refusal(503, "too_much_at_once")
VERSION_NOT_SUPPORTED = Refusal(505, "version_not_supported")
