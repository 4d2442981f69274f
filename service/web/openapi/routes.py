"""The routes of the description: the API as a whole, and each type of problem."""

from collections.abc import Iterable
from functools import cached_property
from typing import ClassVar, TypedDict

from attrs import asdict, define
from klein import Klein
from twisted.web.iweb import IRequest

from service.errors import NoSuchRoute
from service.web.dispatcher import Routes
from service.web.openapi.document import describe_api
from service.web.openapi.operations import described
from service.web.parameters import IF_NONE_MATCH, Choice
from service.web.problem_types import PROBLEM_TYPES, ProblemType
from service.web.tagged import Tagged, as_tagged

SLUGS = {one.type.rpartition("/")[2]: one for one in PROBLEM_TYPES.values()}
SLUG = Choice(
    name="slug",
    about="The end of the `type` of a problem document.",
    example="missing-parameter",
    place="path",
    values=lambda: SLUGS,
    errors=(),
)


class OpenAPIBody(TypedDict):
    """A document by the OpenAPI specification."""

    openapi: str


class ProblemTypesBody(TypedDict):
    """All types of problems."""

    problems: list[ProblemType]


@define(eq=False, slots=False)  # Klein keeps a reference to the bound app in the instance
class DescriptionRoutes:
    """The endpoints that describe ``others``, and themselves; ``reserved`` are characters of usernames, as there."""

    others: Iterable[Routes]
    reserved: str

    app = Klein()
    remembered: ClassVar[bool] = False

    @app.route("/openapi.json", methods=["GET"])
    @described(OpenAPIBody, IF_NONE_MATCH, tagged=True)
    def ajax_get_description(self, request: IRequest) -> bytes:
        """Return this description of the API."""
        return as_tagged(self.api, request)

    @app.route("/problems", methods=["GET"])
    @described(ProblemTypesBody, IF_NONE_MATCH, tagged=True)
    def ajax_get_problem_types(self, request: IRequest) -> bytes:
        """Return all types of problems: what they mean, when they happen, and what to do."""
        return as_tagged(self.problem_types, request)

    @app.route("/problems/<slug>", methods=["GET"])
    @described(ProblemType, SLUG, IF_NONE_MATCH, errors=(NoSuchRoute,), tagged=True)
    def ajax_get_problem_type(self, request: IRequest, slug: str) -> bytes:
        """Return what one type of problem means, when it happens, and what to do."""
        if slug not in SLUGS:
            raise NoSuchRoute("no problem has that type: /problems lists all of them")
        return as_tagged(Tagged.of_json(asdict(SLUGS[slug])), request)

    @cached_property
    def api(self) -> Tagged:
        """The description of the API."""
        return Tagged.of_json(describe_api([*self.others, self], self.reserved))

    @cached_property
    def problem_types(self) -> Tagged:
        """All types of problems."""
        return Tagged.of_json({"problems": [asdict(one) for one in PROBLEM_TYPES.values()]})
