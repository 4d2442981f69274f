"""Request dispatch: from a request to a Klein endpoint, and from its result to the response body."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Protocol
from urllib.parse import unquote_to_bytes

from attrs import define, field, frozen
from klein import Klein
from twisted.internet.defer import Deferred, fail, maybeDeferred, succeed
from werkzeug.exceptions import NotFound
from werkzeug.routing import MapAdapter

from service.errors import BadRequest
from service.web.exchanges import Observer
from service.web.problems import as_problem, with_options
from service.web.replies import as_nothing, as_options


class Routes(Protocol):
    """An object with Klein routes; ``remembered`` says whether the observer is told about its chains."""

    remembered: ClassVar[bool]

    @property
    def app(self) -> Klein:
        """The routes, bound to their instance."""


@frozen(eq=False)
class _Routed:
    """A Klein application with its URL map, bound once."""

    app: Klein
    adapter: MapAdapter
    remembered: bool


#: The endpoint that a request is routed to, and its arguments.
_Match = tuple[_Routed, str, Mapping[str, Any]]


@define
class Dispatcher:
    """A dispatcher that chooses one of several ``routes`` by the first segment of the path.

    An unknown segment leads to the first of the ``routes``, so only that one may begin with a variable segment. The
    ``observer`` is told about each chain before the dispatcher adds anything to it.
    """

    routes: Sequence[Routes]
    observer: Observer
    _by_segment: dict[str, _Routed] = field(factory=dict, init=False)
    _default: _Routed = field(init=False)
    #: Path and method -> the match, for paths without variable parts.
    _fixed: dict[tuple[bytes, bytes], _Match] = field(factory=dict, init=False)

    def __attrs_post_init__(self) -> None:
        for routes in self.routes:
            routed = _Routed(routes.app, routes.app.url_map.bind("localhost"), routes.remembered)
            if routes is self.routes[0]:
                self._default = routed
            for rule in routes.app.url_map.iter_rules():
                self._by_segment[rule.rule.split("/")[1]] = routed
                if not rule.arguments and rule.rule.isascii():
                    match: _Match = routed, rule.endpoint, {}
                    self._fixed.update({(rule.rule.encode(), method.encode()): match for method in rule.methods or ()})

    def dispatch(self, request: Any) -> Deferred[bytes]:
        """Call the endpoint that matches a request.

        :return: a Deferred that fires with the rest of the body, and can be cancelled: the endpoint's own.
        """
        if request.uri == b"*":
            return succeed(as_nothing(request))
        d: Deferred[Any]
        try:
            if request.method == b"OPTIONS":
                return succeed(self._options(request))
            routed, endpoint, arguments = self._fixed.get((request.path, request.method)) or self._find(request)
        except Exception:  # noqa: BLE001  the terminal errback maps any exception
            d = fail()  # with the exception being handled
        else:
            request.mapper = routed.adapter  # for Klein's url_for
            d = maybeDeferred(routed.app.execute_endpoint, endpoint, request, **arguments)
            if routed.remembered:
                self.observer.began(request, d)
        d.addCallback(as_bytes)
        return d.addErrback(as_problem, request)

    def _find(self, request: Any) -> _Match:
        routed, path = self._routed(request)
        rule, arguments = routed.adapter.match(path, request.method.decode(), return_rule=True)
        return routed, rule.endpoint, arguments

    def _options(self, request: Any) -> bytes:
        routed, path = self._routed(request)
        methods = routed.adapter.allowed_methods(path)
        if not methods:
            raise NotFound
        return as_options(request, with_options(methods))

    def _routed(self, request: Any) -> tuple[_Routed, str]:
        try:
            path = unquote_to_bytes(request.path).decode()
        except UnicodeDecodeError as error:
            raise BadRequest("the path is not UTF-8") from error
        return self._by_segment.get(path.lstrip("/").partition("/")[0], self._default), path


def as_bytes(result: Any) -> bytes:
    """Convert the result of an endpoint to the rest of the response body.

    :raise TypeError: if it is not text, bytes or None.
    """
    if isinstance(result, str):
        return result.encode()
    if result is not None and not isinstance(result, bytes):
        raise TypeError(f"an endpoint returned {type(result).__name__}")
    return result or b""
