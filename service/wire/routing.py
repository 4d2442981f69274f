"""From a request to the endpoint of a Klein application, and from what that returns to the answer."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any
from urllib.parse import unquote_to_bytes

from attrs import define, field
from klein import Klein
from twisted.internet.defer import Deferred, maybeDeferred
from twisted.logger import Logger
from twisted.python.failure import Failure
from werkzeug.routing import MapAdapter

from service.wire.refusals import MALFORMED_REQUEST_LINE, Refused
from service.wire.request import WireRequest

_log = Logger()

#: Turns a failure into the body of the answer, None if there is nobody to read it.
Fail = Callable[[Failure, WireRequest], bytes | None]


@define(eq=False)
class _Routed:
    """A Klein application and its map, which is bound once and for all."""

    app: Klein
    adapter: MapAdapter

    @classmethod
    def of(cls, app: Klein) -> "_Routed":
        return cls(app, app.url_map.bind("localhost"))

    def fixed(self, first: str | None) -> Iterator[tuple[tuple[bytes, bytes], tuple["_Routed", str]]]:
        """List the endpoints of those paths in which nothing varies; ``first`` is what all have to begin with."""
        for rule in self.app.url_map.iter_rules():
            if not rule.arguments and rule.rule.isascii() and first in (None, rule.rule.split("/")[1]):
                for method in rule.methods or ():
                    yield (rule.rule.encode(), method.encode()), (self, rule.endpoint)


@define
class KleinRoutes:
    """Dispatches straight to the endpoints of ``app``, or of the one ``beside`` it that the path's first part names.

    ``fail`` is the terminal function for what no endpoint has handled, in the place of the application's own
    ``handle_errors``: werkzeug's routing errors, and ``Refused`` where a path is not UTF-8, among them.
    """

    app: Klein
    fail: Fail
    beside: Mapping[str, Klein] = field(factory=dict)
    _main: _Routed = field(init=False)
    _others: dict[str, _Routed] = field(init=False)
    #: Path and method -> what need not be matched, because nothing in the path varies.
    _fixed: dict[tuple[bytes, bytes], tuple[_Routed, str]] = field(init=False)

    def __attrs_post_init__(self) -> None:
        self._main = _Routed.of(self.app)
        self._others = {name: _Routed.of(app) for name, app in self.beside.items()}
        self._fixed = dict(self._main.fixed(None))
        for name, routed in self._others.items():
            self._fixed.update(routed.fixed(name))

    def handle(self, request: WireRequest) -> None:
        """Answer a request, now or later; if the client goes away before, what would have answered is cancelled."""
        d: Deferred[Any] = maybeDeferred(self._execute, request)
        d.addCallback(as_bytes)
        d.addErrback(self.fail, request)
        d.addCallback(finish, request)
        d.addErrback(_hang_up_on, request)
        request.work = d

    def _execute(self, request: WireRequest) -> Any:
        fixed = self._fixed.get((request.path, request.method))
        if fixed is not None:
            routed, endpoint = fixed
            request.mapper = routed.adapter
            return routed.app.execute_endpoint(endpoint, request)
        try:
            path = unquote_to_bytes(request.path).decode()
        except UnicodeDecodeError as error:
            raise Refused(MALFORMED_REQUEST_LINE) from error
        first = path.lstrip("/").partition("/")[0]
        routed = self._others.get(first, self._main)
        request.mapper = routed.adapter
        rule, arguments = routed.adapter.match(path, request.method.decode(), return_rule=True)
        return routed.app.execute_endpoint(rule.endpoint, request, **arguments)


def as_bytes(result: Any) -> bytes:
    """Take what an endpoint returned for the rest of its answer.

    :raise TypeError: if it is neither text, bytes nor None.
    """
    if isinstance(result, str):
        return result.encode()
    if result is not None and not isinstance(result, bytes):
        raise TypeError(f"an endpoint returned {type(result).__name__}")
    return result or b""


def finish(body: bytes | None, request: WireRequest) -> None:
    """End an answer with its body, or with the rest of it."""
    request.finish(body or b"")


def _hang_up_on(failure: Failure, request: WireRequest) -> None:
    _log.failure("a request was left without an answer", failure)
    request.abort()
