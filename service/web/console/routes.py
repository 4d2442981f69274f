"""The console's routes: the page, its files, and what there is to try."""

from typing import Any, ClassVar

from attrs import asdict, define
from klein import Klein
from twisted.internet.defer import Deferred, succeed
from twisted.web.http import CACHED
from twisted.web.iweb import IRequest

from service.chains.suggestions import Suggestions
from service.errors import NoSuchRoute
from service.web.console.assets import Asset, load_assets
from service.web.problems import as_problem
from service.web.replies import as_json

#: What a page may do: load what is here, and nothing from elsewhere or written into it; nobody may frame it.
_POLICY = (
    b"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self';"
    b" base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


@define(kw_only=True, eq=False, slots=False)  # Klein keeps a reference to the bound app in the instance
class ConsoleRoutes:
    """Serves the page; ``is_watched`` says whether the X-ray is there for it to look through."""

    suggestions: Suggestions
    is_watched: bool

    app = Klein()
    remembered: ClassVar[bool] = False

    @app.route("/", methods=["GET"])
    def get_page(self, request: IRequest) -> Deferred[bytes | None]:
        """The page itself."""
        d: Deferred[Any] = succeed(request)
        d.addCallback(lambda _: asset_called("index.html"))
        d.addCallback(as_asset, request)
        d.addErrback(as_problem, request)
        return d

    @app.route("/console/<name>", methods=["GET"])
    def get_asset(self, request: IRequest, name: str) -> Deferred[bytes | None]:
        """One of its files."""
        d: Deferred[Any] = succeed(request)
        d.addCallback(lambda _: asset_called(name))
        d.addCallback(as_asset, request)
        d.addErrback(as_problem, request)
        return d

    @app.route("/suggestions", methods=["GET"])
    def ajax_get_suggestions(self, request: IRequest) -> Deferred[bytes | None]:
        """What the backends suggest to ask for, and whether chains are watched."""
        d: Deferred[Any] = succeed(request)
        d.addCallback(lambda _: self._suggest())
        d.addCallback(as_json, request)
        d.addErrback(as_problem, request)
        return d

    def _suggest(self) -> dict[str, Any]:
        return {
            "usernames": [asdict(suggestion) for suggestion in self.suggestions.usernames()],
            "urls": [asdict(suggestion) for suggestion in self.suggestions.urls()],
            "xray": self.is_watched,
        }


def asset_called(name: str) -> Asset:
    """Find a file of the page.

    :raise NoSuchRoute: if there is none of that name.
    """
    asset = load_assets().get(name)
    if asset is None:
        raise NoSuchRoute("the console has no file of that name")
    return asset


def as_asset(asset: Asset, request: IRequest) -> bytes:
    """Send a file, unless the browser has it already: it is to ask each time."""
    request.setHeader(b"Cache-Control", b"no-cache")
    request.setHeader(b"Content-Security-Policy", _POLICY)
    request.setHeader(b"Referrer-Policy", b"no-referrer")
    if request.setETag(asset.etag) is CACHED:
        return b""
    request.setHeader(b"Content-Type", asset.content_type)
    request.setHeader(b"Content-Length", b"%d" % len(asset.body))
    return asset.body
