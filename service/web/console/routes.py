"""The console's routes: the page, its static files, and inputs to try."""

from typing import ClassVar

from attrs import define
from klein import Klein
from twisted.web.iweb import IRequest

from service.chains.suggestions import Suggestions
from service.errors import NoSuchRoute
from service.web.bodies import FeaturesBody, suggestions_body
from service.web.console.assets import load_assets
from service.web.openapi.operations import described
from service.web.replies import as_json
from service.web.tagged import Tagged, as_tagged

#: The page may load only files of this service; inline code and framing are forbidden.
_POLICY = (
    b"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self';"
    b" base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


@define(kw_only=True, eq=False, slots=False)  # Klein keeps a reference to the bound app in the instance
class ConsoleRoutes:
    """The endpoints of the console; ``is_watched`` tells the page whether X-ray is on.

    ``takes_tokens`` tells it whether callers are known by a token, ``has_clock`` whether it can move time, and
    ``makes_files`` whether it can make files in the watched folder.
    """

    suggestions: Suggestions
    is_watched: bool
    takes_tokens: bool = False
    has_clock: bool = False
    makes_files: bool = False

    app = Klein()
    remembered: ClassVar[bool] = False

    def __attrs_post_init__(self) -> None:
        load_assets()  # while they are there: another installation may replace the files of a running service

    @app.route("/", methods=["GET"])
    def get_page(self, request: IRequest) -> bytes:
        """Return the page, which leads programs to the description of the API (RFC 8631)."""
        request.setHeader(b"Link", b'</openapi.json>; rel="service-desc"; type="application/json"')
        return as_asset(asset_called("index.html"), request)

    @app.route("/console/<name>", methods=["GET"])
    def get_asset(self, request: IRequest, name: str) -> bytes:
        """Return a static file of the page."""
        return as_asset(asset_called(name), request)

    @app.route("/suggestions", methods=["GET"])
    @described(suggestions_body)
    def ajax_get_suggestions(self, request: IRequest) -> bytes:
        """Return the inputs that the backends suggest, and what the page can do here."""
        usernames, urls = self.suggestions.usernames(), self.suggestions.urls()
        features: FeaturesBody = {
            "xray": self.is_watched,
            "tokens": self.takes_tokens,
            "clock": self.has_clock,
            "files": self.makes_files,
        }
        return as_json(suggestions_body(usernames, urls, features), request)


def asset_called(name: str) -> Tagged:
    """Return the static file with this name.

    :raise NoSuchRoute: if it does not exist.
    """
    asset = load_assets().get(name)
    if asset is None:
        raise NoSuchRoute("the console has no file with that name")
    return asset


def as_asset(asset: Tagged, request: IRequest) -> bytes:
    """Return a static file, or 304 if the browser has it."""
    request.setHeader(b"Content-Security-Policy", _POLICY)
    request.setHeader(b"Referrer-Policy", b"no-referrer")
    return as_tagged(asset, request)
