"""The routes of the lessons: their list, and what a browser gets from each variant.

The lessons, and X-ray for them, are imported when one is asked for: they have no part in starting the service.
"""

from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar

from attrs import asdict, define, field
from klein import Klein
from twisted.internet.defer import Deferred, succeed
from twisted.internet.interfaces import IReactorTime
from twisted.internet.task import Cooperator, TaskStopped
from twisted.python.failure import Failure
from twisted.web.iweb import IRequest

from service.chains.coalescing import Coalescer
from service.errors import NoSuchRoute
from service.web.lesson_bodies import (
    CourseBody,
    LessonsBody,
    MatrixBody,
    ReportBody,
    RowRunBody,
    RunsBody,
    VariantGridBody,
)
from service.web.openapi.operations import described
from service.web.parameters import TRACEBACKS, Choice, Parameter
from service.web.query import tracebacks_asked_for
from service.web.replies import as_json

if TYPE_CHECKING:
    from service.lessons.matrix import ContactsLesson


def names_of_variants() -> list[str]:
    """List the names of the variants."""
    from service.lessons.matrix import PRODUCT, VARIANTS

    return [*VARIANTS, PRODUCT]


def names_of_lessons() -> list[str]:
    """List the lessons by the names in their paths."""
    from service.lessons.catalogue import BY_SLUG

    return list(BY_SLUG)


VARIANT = Choice(
    name="variant",
    about="One of the variants of ajax_get_contacts.",
    example="v5",
    place="path",
    values=names_of_variants,
    errors=(),
)
SLUG = Choice(
    name="slug",
    about="One of the lessons.",
    example="forgotten-return",
    place="path",
    values=names_of_lessons,
    errors=(),
)
TABLE = Choice(
    name="table",
    about="One of the slides' tables.",
    example="methods",
    place="path",
    values=lambda: ("methods", "sync-and-async"),
    errors=(),
)
ROW = Parameter(name="row", about="The number of a row, from 1.", example="1", place="path", errors=())
ANY_USERNAME = Parameter(
    name="username",
    about="As for /contacts; the variants differ in what they do if it is wrong or missing.",
    example="dustin",
    required=False,
    errors=(),
)
ANY_URL = Parameter(
    name="url", about="As for /page-title, in a lesson about pages.", example=None, required=False, errors=()
)


@define(kw_only=True, eq=False, slots=False)  # Klein keeps a reference to the bound app in the instance
class LessonRoutes:
    """The endpoints under ``/lessons``."""

    make_lesson: "Callable[[], ContactsLesson]"
    clock: IReactorTime
    _matrix: dict[str, Any] = field(factory=dict, init=False)
    _computing: Coalescer[dict[str, Any]] = field(factory=Coalescer, init=False)

    app = Klein()
    remembered: ClassVar[bool] = False

    @app.route("/lessons", methods=["GET"])
    @described(LessonsBody)
    def ajax_get_lessons(self, request: IRequest) -> bytes:
        """Return the list of lessons, and where the code of each is."""
        from service.lessons.descriptions import list_lessons

        return as_json(list_lessons(), request)

    @app.route("/lessons/course", methods=["GET"])
    @described(CourseBody)
    def ajax_get_course(self, request: IRequest) -> bytes:
        """Return the course: twelve lessons in the order of the slides, a word list, and cards."""
        from service.web.lesson_runs import COURSE

        return as_json(COURSE, request)

    @app.route("/lessons/<slug>", methods=["GET"])
    @described(RunsBody, SLUG, ANY_USERNAME, ANY_URL, errors=(NoSuchRoute,))
    def ajax_run_lesson(self, request: IRequest, slug: str) -> bytes:
        """Return what happens in a lesson, with the mistake and without it: code, log, response, and the path."""
        from service.web.lesson_runs import run_lesson

        return as_json(run_lesson(slug, query_of(request)), request)

    @app.route("/lessons/tables/<table>/<row>", methods=["GET"])
    @described(RowRunBody, TABLE, ROW, errors=(NoSuchRoute,))
    def ajax_run_row(self, request: IRequest, table: str, row: str) -> bytes:
        """Return what happens in a row of one of the slides' tables: code, outcome, and the path."""
        from service.web.lesson_runs import run_table_row

        return as_json(run_table_row(table, row), request)

    @app.route("/lessons/contacts", methods=["GET"])
    @described(MatrixBody)
    def ajax_get_matrix(self, request: IRequest) -> Deferred[bytes]:
        """Return what a browser gets from every variant of ``ajax_get_contacts``, for every input."""
        d = succeed(self._matrix) if self._matrix else self._computing.join("matrix", self._compute_matrix)
        return d.addCallback(as_json, request)

    @app.route("/lessons/contacts/<variant>", methods=["GET"])
    @described(ReportBody, VARIANT, ANY_USERNAME, TRACEBACKS, errors=(NoSuchRoute,))
    def ajax_run_variant(self, request: IRequest, variant: str) -> bytes:
        """Return what a browser gets from one variant of ``ajax_get_contacts``, for this query."""
        report = self.contacts.run(variant, query_of(request), tracebacks=tracebacks_asked_for(request))
        return as_json(asdict(report), request)

    @app.route("/lessons/contacts/<variant>/grid", methods=["GET"])
    @described(VariantGridBody, VARIANT, ANY_USERNAME, errors=(NoSuchRoute,))
    def ajax_watch_variant(self, request: IRequest, variant: str) -> bytes:
        """Return the path of the result through the callbacks and errbacks of one variant, for this query."""
        from service.web.lesson_runs import sources_of_variant
        from service.web.xray import describe

        grid = self.contacts.watch(variant, query_of(request))
        # The variant may have raised before it made a Deferred.
        seen = {"grid": None, "text": None} if grid is None else describe(grid)
        return as_json({"variant": variant, "sources": sources_of_variant(variant), **seen}, request)

    @cached_property
    def contacts(self) -> "ContactsLesson":
        """The lesson of ``ajax_get_contacts``."""
        return self.make_lesson()

    def _compute_matrix(self) -> Deferred[dict[str, Any]]:
        from service.lessons.matrix import INPUTS

        matrix: dict[str, Any] = {"inputs": INPUTS, "variants": {}}
        steps = (
            matrix["variants"].setdefault(variant, {}).__setitem__(name, asdict(report))
            for variant, name, report in self.contacts.compute_matrix()
        )
        # A few runs per reactor turn, so that other requests are served in between.
        cooperator = Cooperator(scheduler=lambda turn: self.clock.callLater(0, turn))
        task = cooperator.cooperate(steps)
        d: Deferred[dict[str, Any]] = Deferred(lambda _: task.stop())

        def or_fail(failure: Failure) -> None:
            if not failure.check(TaskStopped):  # if its canceller has stopped it, d fails with CancelledError by itself
                d.errback(failure)

        task.whenDone().addCallbacks(lambda _: d.callback(matrix), or_fail)
        return d.addCallback(self._keep)

    def _keep(self, matrix: dict[str, Any]) -> dict[str, Any]:
        self._matrix = matrix
        return matrix


def query_of(request: IRequest) -> bytes:
    """Return the query string of a request, undecoded."""
    return request.uri.partition(b"?")[2]
