"""Runs of lessons as JSON; only for requests about lessons, because they import all of them."""

from typing import Any

from attrs import asdict

from service.errors import NoSuchRoute
from service.lessons import tables
from service.lessons.catalogue import BY_SLUG, LESSONS
from service.lessons.course.lessons import describe_course
from service.lessons.methods import METHODS
from service.lessons.rows import run_row
from service.lessons.runs import Run, beside, run
from service.lessons.source import read_module, source_of
from service.lessons.sync_async import SYNC_AND_ASYNC
from service.web.application import Application
from service.web.xray import describe
from service.xray.text import as_text

#: The course. It is made, and the code of the lessons read, on import: a running service needs none of its files.
COURSE = describe_course()
TABLES = {"methods": METHODS, "sync-and-async": SYNC_AND_ASYNC}
for name in {
    *(one.__module__ for lesson in LESSONS for one in (lesson.shown_by, lesson.cure or lesson.shown_by)),
    *(row.deferred.__module__ for rows in TABLES.values() for row in rows),
    tables.__name__,
    Application.__module__,
}:
    read_module(name)


def run_lesson(slug: str, query: bytes) -> dict[str, Any]:
    """Run a lesson, with a query or, if that is empty, its own.

    :raise NoSuchRoute: if the lesson is unknown.
    """
    lesson = BY_SLUG.get(slug)
    if lesson is None:
        raise NoSuchRoute("unknown lesson: see /lessons")
    asked = query.decode("latin-1") or lesson.query
    return {
        "slug": slug,
        "name": lesson.name,
        "query": asked,
        "wrong": describe_run(run(lesson, lesson.shown_by, asked)),
        "right": None if lesson.cure is None else describe_run(run(lesson, lesson.cure, asked)),
    }


def sources_of_variant(variant: str) -> list[dict[str, Any]]:
    """Return the code of a variant of ``ajax_get_contacts``; that of this service for ``product``."""
    lesson = BY_SLUG.get(f"contacts-{variant}")
    if lesson is None:
        return [asdict(source_of(Application.ajax_get_contacts))]
    return [asdict(source_of(function)) for function in (lesson.shown_by, *beside(lesson, lesson.shown_by))]


def run_table_row(table: str, row: str) -> dict[str, Any]:
    """Run a row of a table, by its number.

    :raise NoSuchRoute: if either is unknown.
    """
    rows = TABLES.get(table, ())
    found = {str(number): one for number, one in enumerate(rows, 1)}.get(row)
    if found is None:
        raise NoSuchRoute(f"unknown row: the tables are {' and '.join(TABLES)}, and rows are counted from 1")
    return with_text(run_row(found))


def describe_run(ran: Run) -> dict[str, Any]:
    """Convert a run of a lesson to JSON."""
    return {**with_text(ran), "others": [describe(grid) for grid in ran.others]}


def with_text(ran: Any) -> dict[str, Any]:
    """Convert a run to JSON, with its grid also as text."""
    return {**asdict(ran), "text": None if ran.grid is None else as_text(ran.grid)}
