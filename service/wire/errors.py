"""What is wrong with the bytes that a client has sent, as a code and the status for it."""

#: Code -> status (RFC 9110, section 15).
STATUS = {
    "malformed_request_line": 400,
    "malformed_header": 400,
    "invalid_host": 400,
    "invalid_length": 400,
    "incomplete_request": 400,
    "malformed_chunk": 400,
    "request_timeout": 408,
    "content_too_large": 413,
    "uri_too_long": 414,
    "expectation_failed": 417,
    "headers_too_large": 431,
    "not_implemented": 501,
    "too_much_at_once": 503,
    "version_not_supported": 505,
}


class ProtocolError(Exception):
    """The client violates HTTP, or a limit; after the response to that, its connection is closed."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code
        self.status = STATUS[code]
