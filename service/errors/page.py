"""Errors of fetching a page title: in its URL, on the way to its server, of the server, or of the page."""

from service.errors.backend import BackendError
from service.errors.base import ServiceError
from service.errors.request import BadRequest


class InvalidURL(BadRequest, code="invalid_url", title="Invalid URL"):
    """A URL that is not a web address; ``problem`` completes "url ..."."""

    meaning = "The parameter url is not the address of a web page."
    when = "It cannot be parsed as a URL, contains a user name or password, or has an invalid host or port."
    advice = "Give a URL as a browser shows it, such as http://buildbot.net, percent-encoded in the query."

    def __init__(self, problem: str) -> None:
        super().__init__(f"url {problem}", parameter="url")


class UnsupportedScheme(BadRequest, code="unsupported_scheme", title="Unsupported scheme"):
    """A URL whose scheme is neither ``http`` nor ``https``."""

    meaning = "The parameter url begins with a scheme that pages are not fetched with."
    when = "It begins with something else than http:// or https://, such as ftp:, file: or data:, or has no scheme."
    advice = "Give a URL that begins with http:// or https://."

    def __init__(self) -> None:
        super().__init__("url does not begin with http:// or https://", parameter="url")


class BlockedAddress(ServiceError, status=403, code="blocked_address", title="Blocked address"):
    """An address that the SSRF protection blocks."""

    meaning = "The page is at an address that this service does not connect to."
    when = "The host of url, or of a redirect, is or resolves to a private, local or otherwise reserved address."
    advice = "Give the URL of a page on the public Internet."

    def __init__(self) -> None:
        super().__init__("the address of the page is not on the public Internet")


class BlockedPort(ServiceError, status=403, code="blocked_port", title="Blocked port"):
    """A port that the SSRF protection blocks."""

    meaning = "The page is at a port that this service does not connect to."
    when = "The port of url, or of a redirect, is not 80 or 443."
    advice = "Give the URL of a page at the default port of http or https."

    def __init__(self, port: int) -> None:
        super().__init__(f"no pages are fetched from port {port}")


class NotHTML(ServiceError, status=422, code="not_html", title="Not an HTML page"):
    """A response that is not an HTML page."""

    meaning = "What is at the address is not an HTML page, so it has no title."
    when = "The address leads to an image, a PDF, plain text or the like."
    advice = "Give the URL of an HTML page; show other URLs without a title."

    def __init__(self) -> None:
        super().__init__("the address does not lead to an HTML page")


class UpstreamStatus(ServiceError, status=422, code="upstream_status", title="Page unavailable"):
    """A response from the page's server with a status other than 200."""

    meaning = "The web server of the page answered, but not with the page."
    when = (
        "The page does not exist, requires a login, or its server has a problem: upstream_status is the status of "
        "its answer."
    )
    advice = "Open the URL in a browser to see what its server says; show the URL without a title."

    def __init__(self, upstream_status: int) -> None:
        super().__init__(f"the page's server answered with status {upstream_status}", upstream_status=upstream_status)


class PageError(BackendError):
    """A failed fetch; ``problem`` completes "the web server of the page ..."."""

    def __init__(self, problem: str) -> None:
        super().__init__("web server of the page", problem)


class DNSError(PageError, code="dns_error", title="Host not found"):
    """A host name that cannot be resolved."""

    meaning = "The host of the page was not found."
    when = "The host name of url, or of a redirect, is misspelt or gone, or the name servers do not answer."
    advice = "Check the spelling of the host; try again later if it is right."


class ConnectError(PageError, code="connect_error", title="No connection"):
    """A connection to the page's server that cannot be established."""

    meaning = "The web server of the page cannot be reached."
    when = "It is down, refuses connections, or closes them before it has answered."
    advice = "Try again later; show the URL without a title meanwhile."


class TLSError(PageError, code="tls_error", title="No secure connection"):
    """A page's server without a valid certificate, or without TLS."""

    meaning = "A secure connection to the web server of the page cannot be made."
    when = "Its certificate has expired, is for another host or is not trusted, or it does not speak TLS."
    advice = "Open the URL in a browser to see what is wrong; only the owner of the page can mend it."


class BadResponse(PageError, code="bad_response", title="Bad response"):
    """A response that is invalid or incomplete."""

    meaning = "The web server of the page did not send a usable page."
    when = "Its response is not valid HTTP, ends too early, or has an encoding that cannot be decoded."
    advice = "Try again later; show the URL without a title meanwhile."


class BadRedirect(PageError, code="bad_redirect", title="Bad redirect"):
    """A redirect that does not lead to a web address."""

    meaning = "The web server of the page redirects to something that is not a web page."
    when = "The header Location is missing, ambiguous or too long, or has an invalid or unsupported URL."
    advice = "Open the URL in a browser, and give the URL that it arrives at."


class TooManyRedirects(PageError, code="too_many_redirects", title="Too many redirects"):
    """More redirects than the fetcher follows."""

    meaning = "The web server of the page redirects again and again."
    when = "Its redirects form a loop, or are more than this service follows; pages do this to clients without cookies."
    advice = "Open the URL in a browser, and give the URL that it arrives at."
