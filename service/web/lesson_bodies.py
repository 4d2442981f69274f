"""The shapes of what the routes of the lessons respond with."""

from typing import Annotated, Any, TypedDict

#: A lesson, and where its code is.
LessonBody = TypedDict(
    "LessonBody",
    {
        "slug": str,
        "name": str,
        "says": str,
        "shown_by": Annotated[str, "the dotted name of the function that shows it"],
        "cure": Annotated[str | None, "that of the function without the mistake"],
        "try": Annotated[str, "a path or a command that runs it"],
    },
)


class RowBody(TypedDict):
    """A row of a table of the slides."""

    says: str
    today: str


class LessonsBody(TypedDict):
    """All lessons."""

    lessons: list[LessonBody]
    tables: dict[str, list[RowBody]]


class ReportBody(TypedDict):
    """What a browser gets from a variant; status, content type and body are null without a response."""

    variant: str
    status: int | None
    content_type: str | None
    is_json: bool
    body: str | None
    log: Annotated[list[str], "what the variant logs"]
    explanation: str


class MatrixBody(TypedDict):
    """What a browser gets from every variant, for every input."""

    inputs: Annotated[dict[str, str], "the query of each input"]
    variants: Annotated[dict[str, dict[str, ReportBody]], "the variants, and their reports by input"]


class SourceBody(TypedDict):
    """The code of a function."""

    file: str
    line: Annotated[int, "the line of the file at which it begins"]
    text: str
    bodies: Annotated[dict[str, list[int]], "the first and last line of the body of each function in it"]
    added: Annotated[dict[str, int], "the line that adds each function to a chain"]


class VariantGridBody(TypedDict):
    """The path of the result; null if the variant raises before it has a Deferred."""

    variant: str
    sources: Annotated[list[SourceBody], "its code"]
    grid: Annotated[dict[str, Any] | None, "as at /xray/{request_id}"]
    text: str | None


class ReceivedBody(TypedDict):
    """What a browser gets; all null without a response."""

    status: int | None
    content_type: str | None
    body: str | None


class GridBody(TypedDict):
    """A Deferred and its steps, as at /xray/{request_id}."""

    grid: dict[str, Any]
    text: str


class RunBody(TypedDict):
    """What happens when a function is run."""

    shown_by: Annotated[str, "its dotted name"]
    says: str
    sources: Annotated[list[SourceBody], "its code, and that of functions that it calls"]
    received: ReceivedBody
    explanation: str
    printed: Annotated[list[str], "what it prints"]
    log: Annotated[list[str], "what is logged, errors that nothing has handled among it"]
    grid: Annotated[dict[str, Any] | None, "as at /xray/{request_id}; null without a Deferred"]
    text: str | None
    others: Annotated[list[GridBody], "Deferreds that it has made, too, and that nothing waits for"]


class RunsBody(TypedDict):
    """A mistake, and the code without it."""

    slug: str
    name: str
    query: Annotated[str, "what it is run with"]
    wrong: RunBody
    right: Annotated[RunBody | None, "null if it shows no mistake"]


class RowRunBody(TypedDict):
    """A row of a table, and what happens when it is run."""

    says: str
    today: str
    plain: Annotated[list[SourceBody], "the code in plain Python"]
    deferred: Annotated[list[SourceBody], "the equivalent code with Deferreds"]
    outcome: str
    grid: Annotated[dict[str, Any] | None, "as at /xray/{request_id}; null without a Deferred"]
    text: str | None


class SceneBody(TypedDict):
    """Something to watch in a lesson."""

    title: str
    path: Annotated[str, "where it is run"]
    side: Annotated[str, "wrong, right or deferred: the part of the response that is meant"]


class QuestionBody(TypedDict):
    """A question to answer before watching the first scene."""

    asks: str
    choices: list[str]
    right: Annotated[int, "the index of the right one"]
    because: str


class CourseLessonBody(TypedDict):
    """A lesson of the course."""

    title: str
    says: str
    scenes: list[SceneBody]
    question: QuestionBody
    notice: str
    table: Annotated[str | None, "the table of the slides that it is about"]
    cards: Annotated[bool, "whether it shows the cards"]


class WordBody(TypedDict):
    """A term of the lessons."""

    term: str
    means: str
    also: Annotated[list[str], "other forms of it"]


class CardBody(TypedDict):
    """A subject in a few sentences."""

    title: str
    kind: str
    was: str
    today: str
    here: str
    slug: Annotated[str | None, "a lesson that shows it"]
    command: Annotated[str | None, "what runs it in a terminal"]
    file: Annotated[str | None, "its code: a path in service/lessons/"]
    code: str | None


class ExerciseBody(TypedDict):
    """An exercise: what is wrong, and what is wanted."""

    name: Annotated[str, "its file, without .py"]
    title: str
    says: str


class CourseBody(TypedDict):
    """The course: twelve lessons in the order of the slides, a word list, cards, and exercises."""

    lessons: list[CourseLessonBody]
    words: list[WordBody]
    cards: list[CardBody]
    exercises: list[ExerciseBody]
