"""Why a page has no title: the address, the way to it, its server, or the page itself."""

from service.errors.backend import BackendError
from service.errors.base import ServiceError
from service.errors.request import BadRequest


class InvalidURL(BadRequest):
    """A URL is none of a web page; ``problem`` completes "url ..."."""

    code = "invalid_url"
    title = "Invalid URL"

    def __init__(self, problem: str) -> None:
        super().__init__(f"url {problem}", parameter="url")


class UnsupportedScheme(BadRequest):
    """A URL is one of something else than the web."""

    code = "unsupported_scheme"
    title = "Unsupported scheme"

    def __init__(self) -> None:
        super().__init__("url does not begin with http:// or https://", parameter="url")


class BlockedAddress(ServiceError):
    """An address that we will not connect to."""

    status = 403
    code = "blocked_address"
    title = "Blocked address"

    def __init__(self) -> None:
        super().__init__("that address is not on the public Internet")


class BlockedPort(ServiceError):
    """A port that we will not connect to."""

    status = 403
    code = "blocked_port"
    title = "Blocked port"

    def __init__(self, port: int) -> None:
        super().__init__(f"no pages are fetched from port {port}")


class NotHTML(ServiceError):
    """What came is not an HTML page."""

    status = 422
    code = "not_html"
    title = "Not an HTML page"

    def __init__(self) -> None:
        super().__init__("what the address leads to is not an HTML page")


class UpstreamStatus(ServiceError):
    """The web server of the page answered with a status other than 200."""

    status = 422
    code = "upstream_status"
    title = "The page is not to be had"

    def __init__(self, upstream_status: int) -> None:
        super().__init__(f"the page's server answered with status {upstream_status}", upstream_status=upstream_status)


class PageError(BackendError):
    """A page cannot be had; ``problem`` completes "the web server of the page ..."."""

    def __init__(self, problem: str) -> None:
        super().__init__("web server of the page", problem)


class DNSError(PageError):
    """The name of the page's host cannot be found."""

    code = "dns_error"
    title = "Host not found"


class ConnectError(PageError):
    """Nobody answers at the page's address."""

    code = "connect_error"
    title = "No connection"


class TLSError(PageError):
    """The page's server cannot prove to be who it should be, or speaks no TLS."""

    code = "tls_error"
    title = "No secure connection"


class BadResponse(PageError):
    """What came is no HTTP response, or not a whole one."""

    code = "bad_response"
    title = "Bad response"


class BadRedirect(PageError):
    """The page's server sends us where no page can be."""

    code = "bad_redirect"
    title = "Bad redirect"


class TooManyRedirects(PageError):
    """The page's server sends us round and round."""

    code = "too_many_redirects"
    title = "Too many redirects"
