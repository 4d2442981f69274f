"""The lessons on the web: what there is to learn, and what a browser gets of each variant."""

from typing import Any, ClassVar

from attrs import asdict, define, field
from klein import Klein
from twisted.internet.defer import Deferred, succeed
from twisted.internet.interfaces import IReactorTime
from twisted.internet.task import Cooperator, TaskStopped
from twisted.python.failure import Failure
from twisted.web.iweb import IRequest

from service.chains.coalescing import Coalescer
from service.errors import InvalidParameter
from service.lessons.catalogue import list_lessons
from service.lessons.matrix import INPUTS, ContactsLesson
from service.web.problems import as_problem
from service.web.replies import as_json
from service.web.xray import describe
from service.xray.grid import Grid


@define(kw_only=True, eq=False, slots=False)  # Klein keeps a reference to the bound app in the instance
class LessonRoutes:
    """What the service answers under ``/lessons``."""

    contacts: ContactsLesson
    clock: IReactorTime
    _matrix: dict[str, Any] = field(factory=dict, init=False)
    _computing: Coalescer[dict[str, Any]] = field(factory=Coalescer, init=False)

    app = Klein()
    remembered: ClassVar[bool] = False

    @app.route("/lessons", methods=["GET"])
    def ajax_get_lessons(self, request: IRequest) -> Deferred[bytes | None]:
        """What there is to learn, and where it stands."""
        d: Deferred[Any] = succeed(request)
        d.addCallback(lambda _: list_lessons())
        d.addCallback(as_json, request)
        d.addErrback(as_problem, request)
        return d

    @app.route("/lessons/contacts", methods=["GET"])
    def ajax_get_matrix(self, request: IRequest) -> Deferred[bytes | None]:
        """What a browser gets of every variant of ``ajax_get_contacts``, on every input."""
        d: Deferred[Any] = succeed(request)
        d.addCallback(lambda _: self._matrix or self._computing.join("matrix", self._compute_matrix))
        d.addCallback(as_json, request)
        d.addErrback(as_problem, request)
        return d

    @app.route("/lessons/contacts/<variant>", methods=["GET"])
    def ajax_run_variant(self, request: IRequest, variant: str) -> Deferred[bytes | None]:
        """What a browser gets of one variant of ``ajax_get_contacts``, on this very query."""
        d: Deferred[Any] = succeed(request)
        d.addCallback(tracebacks_asked_for)
        d.addCallback(lambda shown: self.contacts.run(variant, query_of(request), tracebacks=shown))
        d.addCallback(asdict)
        d.addCallback(as_json, request)
        d.addErrback(as_problem, request)
        return d

    @app.route("/lessons/contacts/<variant>/grid", methods=["GET"])
    def ajax_watch_variant(self, request: IRequest, variant: str) -> Deferred[bytes | None]:
        """Which way the result takes through the callbacks and errbacks of one variant, on this very query."""
        d: Deferred[Any] = succeed(request)
        d.addCallback(lambda _: self.contacts.watch(variant, query_of(request)))
        d.addCallback(as_grid, variant=variant)
        d.addCallback(as_json, request)
        d.addErrback(as_problem, request)
        return d

    def _compute_matrix(self) -> Deferred[dict[str, Any]]:
        matrix: dict[str, Any] = {"inputs": INPUTS, "variants": {}}
        steps = (
            matrix["variants"].setdefault(variant, {}).__setitem__(name, asdict(report))
            for variant, name, report in self.contacts.compute_matrix()
        )
        # A few runs a turn: others want to be answered meanwhile.
        cooperator = Cooperator(scheduler=lambda turn: self.clock.callLater(0, turn))
        task = cooperator.cooperate(steps)
        d: Deferred[dict[str, Any]] = Deferred(lambda _: task.stop())

        def or_fail(failure: Failure) -> None:
            if not failure.check(TaskStopped):  # stopped by its canceller, d fails with CancelledError by itself
                d.errback(failure)

        task.whenDone().addCallbacks(lambda _: d.callback(matrix), or_fail)
        return d.addCallback(self._keep)

    def _keep(self, matrix: dict[str, Any]) -> dict[str, Any]:
        self._matrix = matrix
        return matrix


def as_grid(grid: Grid | None, variant: str) -> dict[str, Any]:
    """Shape the grid of a variant's chain; None where it has raised before there was a Deferred."""
    return {"variant": variant, **({"grid": None, "text": None} if grid is None else describe(grid))}


def query_of(request: IRequest) -> bytes:
    """Take the query out of a request as it came."""
    query: bytes = request.uri.partition(b"?")[2]
    return query


def tracebacks_asked_for(request: IRequest) -> bool:
    """Say whether ``tracebacks`` is on; it is off if it is not there.

    :raise InvalidParameter: if it is neither.
    """
    values = request.args.get(b"tracebacks", [b"off"])
    if values not in ([b"on"], [b"off"]):
        raise InvalidParameter("tracebacks", "is neither on nor off")
    return bool(values == [b"on"])
