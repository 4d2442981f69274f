"""Request dispatch: from a request to a Klein endpoint."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar, NamedTuple, Protocol
from urllib.parse import unquote_to_bytes

from attrs import define, field, frozen
from klein import Klein
from twisted.internet.defer import Deferred, fail, maybeDeferred, succeed
from werkzeug.exceptions import NotFound
from werkzeug.routing import MapAdapter, Rule

from service.errors import BadRequest
from service.web.cors import is_preflight
from service.web.observer import Observer
from service.web.problems import with_options
from service.web.replies import as_nothing, as_options

#: The arguments of a path without variable parts.
_NOTHING: Mapping[str, Any] = {}


class Routes(Protocol):
    """An object with Klein routes, whose endpoints are its methods.

    ``remembered`` says whether the observer is told about their chains.
    """

    remembered: ClassVar[bool]

    @property
    def app(self) -> Klein:
        """The routes, bound to their instance."""


class _Endpoint(NamedTuple):
    """A method that responds to requests at a ``route``; ``mapper`` is for Klein's ``url_for``."""

    method: Callable[..., Any]
    route: str
    mapper: MapAdapter
    remembered: bool


@frozen(eq=False)
class _Routed:
    """Routes with their URL map, bound once."""

    routes: Routes
    adapter: MapAdapter

    def endpoint(self, rule: Rule) -> _Endpoint:
        """Return the endpoint of a rule: called directly, without the two functions that Klein would put around it."""
        return _Endpoint(getattr(self.routes, rule.endpoint), rule.rule, self.adapter, self.routes.remembered)


@define
class Dispatcher:
    """A dispatcher that chooses one of several ``routes`` by the first segment of the path.

    An unknown segment leads to the first of the ``routes``, so only that one may begin with a variable segment. The
    ``observer`` is told about each chain before anything is added to it.
    """

    routes: Sequence[Routes]
    observer: Observer
    _by_segment: dict[str, _Routed] = field(factory=dict, init=False)
    _default: _Routed = field(init=False)
    #: Path and method -> the endpoint, for paths without variable parts.
    _fixed: dict[tuple[bytes, bytes], _Endpoint] = field(factory=dict, init=False)

    def __attrs_post_init__(self) -> None:
        for routes in self.routes:
            url_map = routes.app.url_map
            routed = _Routed(routes, url_map.bind("localhost"))
            if routes is self.routes[0]:
                self._default = routed
            for rule in url_map.iter_rules():
                self._by_segment[rule.rule.split("/")[1]] = routed
                if not rule.arguments and rule.rule.isascii():
                    endpoint = routed.endpoint(rule)
                    for method in rule.methods or ():
                        self._fixed[rule.rule.encode(), method.encode()] = endpoint

    def dispatch(self, request: Any) -> Deferred[Any]:
        """Call the endpoint that matches a request.

        :return: a Deferred that fires with what the endpoint returns, and can be cancelled: the endpoint's own; or
            fails with any exception.
        """
        endpoint, arguments = self._fixed.get((request.path, request.method)), _NOTHING
        if endpoint is None:
            try:
                if request.uri == b"*":
                    return succeed(as_nothing(request))
                if request.method == b"OPTIONS":
                    return succeed(self._options(request))
                endpoint, arguments = self._find(request)
            except Exception:  # noqa: BLE001  the terminal errback maps any exception
                return fail()  # with the exception being handled
        request.mapper, request.route = endpoint.mapper, endpoint.route
        d: Deferred[Any] = maybeDeferred(endpoint.method, request, **arguments)
        if endpoint.remembered:
            self.observer.began(request, d)
        return d

    def _find(self, request: Any) -> tuple[_Endpoint, Mapping[str, Any]]:
        routed, path = self._routed(request)
        rule, arguments = routed.adapter.match(path, request.method.decode(), return_rule=True)
        return routed.endpoint(rule), arguments

    def _options(self, request: Any) -> bytes:
        routed, path = self._routed(request)
        methods = routed.adapter.allowed_methods(path)
        if not methods and not is_preflight(request):  # after a preflight the page can see the 404
            raise NotFound
        return as_options(request, with_options(methods or ("GET", "HEAD")))

    def _routed(self, request: Any) -> tuple[_Routed, str]:
        try:
            path = unquote_to_bytes(request.path).decode()
        except UnicodeDecodeError as error:
            raise BadRequest("the path is not UTF-8") from error
        return self._by_segment.get(path.lstrip("/").partition("/")[0], self._default), path
