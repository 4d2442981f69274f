"""A lesson for a terminal: its code, what happened, and the path of the result as the X-ray draws it."""

from collections.abc import Iterator
from textwrap import indent

from service.lessons.catalogue import LESSONS, Lesson
from service.lessons.descriptions import says
from service.lessons.runs import Run, run
from service.xray.text import as_text


def list_as_text() -> str:
    """List the lessons: the name by which each is run, and what it is about."""
    widest = max(len(lesson.slug) for lesson in LESSONS)
    return "\n".join(f"{lesson.slug:<{widest}}  {says(lesson.shown_by).replace('``', '')}" for lesson in LESSONS)


def lesson_as_text(lesson: Lesson) -> str:
    """Run both sides of a lesson, and tell what happened."""
    lines = [f"{lesson.name}, for ?{lesson.query}" if lesson.query else lesson.name, ""]
    lines += lines_of(run(lesson, lesson.shown_by))
    if lesson.cure is not None:
        lines += ["", "--- without the mistake ---", "", *lines_of(run(lesson, lesson.cure))]
    return "\n".join(lines)


def lines_of(ran: Run) -> Iterator[str]:
    """Tell one side of a lesson, line by line."""
    yield f"{ran.shown_by}: {ran.says}"
    for source in ran.sources:
        yield f"\n# {source.file}:{source.line}\n{source.text}"
    for title, lines in (("printed", ran.printed), ("logged", ran.log)):
        yield from (f"{title}: {line}" for line in lines)
    yield ran.explanation
    if ran.received.body is not None:
        yield f"{ran.received.status} {ran.received.body}"
    yield ""
    yield "It returned no Deferred." if ran.grid is None else indent(as_text(ran.grid), "  ")
    for other in ran.others:
        yield f"\nIt also made this one, which is not a part of the chain above:\n{indent(as_text(other), '  ')}"
