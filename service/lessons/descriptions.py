"""Descriptions of all lessons as JSON: each has a name, and its own docstring as its description."""

from collections.abc import Callable
from inspect import getdoc
from typing import Any

from service.lessons.catalogue import LESSONS, Lesson
from service.lessons.methods import METHODS
from service.lessons.sync_async import SYNC_AND_ASYNC
from service.lessons.tables import Row

TABLES = {"Deferreds: methods": METHODS, "Deferreds: sync and async": SYNC_AND_ASYNC}


def list_lessons() -> dict[str, Any]:
    """Describe all lessons.

    :return: ``{"lessons": [{"slug", "name", "says", "shown_by", "cure", "try"}, ...], "tables": {title: [{"says",
        "today"}, ...]}}``; ``cure`` is None for a lesson without a fix, ``today`` is "" without a better way.
    """
    return {
        "lessons": [describe(lesson) for lesson in LESSONS],
        "tables": {title: [describe_row(row) for row in rows] for title, rows in TABLES.items()},
    }


def describe(lesson: Lesson) -> dict[str, Any]:
    """Describe a lesson, with the docstring of the function that shows it."""
    return {
        "slug": lesson.slug,
        "name": lesson.name,
        "says": says(lesson.shown_by),
        "shown_by": name_of(lesson.shown_by),
        "cure": None if lesson.cure is None else name_of(lesson.cure),
        "try": lesson.attempt,
    }


def describe_row(row: Row) -> dict[str, str]:
    """Describe a row of a table."""
    return {"says": row.says, "today": row.today}


def says(shown_by: Callable[..., Any]) -> str:
    """Return what a function or class says of itself, in one line."""
    return " ".join((getdoc(shown_by) or "").split())


def name_of(shown_by: Callable[..., Any]) -> str:
    """Return the fully qualified name of a function or class."""
    return f"{shown_by.__module__}.{shown_by.__qualname__}"
