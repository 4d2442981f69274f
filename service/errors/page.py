"""Errors of fetching a page title: in its URL, on the way to its server, of the server, or of the page."""

from service.errors.backend import BackendError
from service.errors.base import ServiceError
from service.errors.request import BadRequest


class InvalidURL(BadRequest, code="invalid_url", title="Invalid URL"):
    """A URL that is not a web address; ``problem`` completes "url ..."."""

    def __init__(self, problem: str) -> None:
        super().__init__(f"url {problem}", parameter="url")


class UnsupportedScheme(BadRequest, code="unsupported_scheme", title="Unsupported scheme"):
    """A URL whose scheme is neither ``http`` nor ``https``."""

    def __init__(self) -> None:
        super().__init__("url does not begin with http:// or https://", parameter="url")


class BlockedAddress(ServiceError, status=403, code="blocked_address", title="Blocked address"):
    """An address that the SSRF protection blocks."""

    def __init__(self) -> None:
        super().__init__("the address of the page is not on the public Internet")


class BlockedPort(ServiceError, status=403, code="blocked_port", title="Blocked port"):
    """A port that the SSRF protection blocks."""

    def __init__(self, port: int) -> None:
        super().__init__(f"no pages are fetched from port {port}")


class NotHTML(ServiceError, status=422, code="not_html", title="Not an HTML page"):
    """A response that is not an HTML page."""

    def __init__(self) -> None:
        super().__init__("the address does not lead to an HTML page")


class UpstreamStatus(ServiceError, status=422, code="upstream_status", title="Page unavailable"):
    """A response from the page's server with a status other than 200."""

    def __init__(self, upstream_status: int) -> None:
        super().__init__(f"the page's server answered with status {upstream_status}", upstream_status=upstream_status)


class PageError(BackendError):
    """A failed fetch; ``problem`` completes "the web server of the page ..."."""

    def __init__(self, problem: str) -> None:
        super().__init__("web server of the page", problem)


class DNSError(PageError, code="dns_error", title="Host not found"):
    """A host name that cannot be resolved."""


class ConnectError(PageError, code="connect_error", title="No connection"):
    """A connection to the page's server that cannot be established."""


class TLSError(PageError, code="tls_error", title="No secure connection"):
    """A page's server without a valid certificate, or without TLS."""


class BadResponse(PageError, code="bad_response", title="Bad response"):
    """A response that is invalid or incomplete."""


class BadRedirect(PageError, code="bad_redirect", title="Bad redirect"):
    """A redirect that does not lead to a web address."""


class TooManyRedirects(PageError, code="too_many_redirects", title="Too many redirects"):
    """More redirects than the fetcher follows."""
