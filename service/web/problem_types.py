"""The types of problems: one table of every error that a client can get, with what it means and what to do."""

from collections.abc import Iterator, Mapping

from attrs import frozen

from service import errors
from service.errors import ServiceError
from service.web.problems import type_of
from service.web.refusals import REFUSALS
from service.wire.errors import STATUS


@frozen
class ProblemType:
    """A type of problem, explained to the author of a client."""

    type: str
    title: str
    status: int
    code: str
    meaning: str
    when: str
    advice: str


def _all_types() -> Iterator[ProblemType]:
    for error in vars(errors).values():
        if isinstance(error, type) and issubclass(error, ServiceError) and "code" in vars(error):
            words = error.meaning, error.when, error.advice
            yield ProblemType(type_of(error.code), error.title, error.status, error.code, *words)
    for code, refusal in REFUSALS.items():
        words = refusal.meaning, refusal.when, refusal.advice
        yield ProblemType(type_of(code), refusal.title, STATUS[code], code, *words)
    yield ProblemType(
        type_of("bad_gateway"),
        "Bad gateway",
        502,
        "bad_gateway",
        "A proxy in front of this service got an invalid response from it.",
        "The process that was asked ended in the middle of its response.",
        "Try again: another process will answer.",
    )


#: Code -> its type, in the order of the statuses.
PROBLEM_TYPES: Mapping[str, ProblemType] = {
    one.code: one for one in sorted(_all_types(), key=lambda one: (one.status, one.code))
}
