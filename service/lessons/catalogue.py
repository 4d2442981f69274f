"""The catalogue of the lessons: each has a name, and its own docstring as its description."""

from collections.abc import Callable
from inspect import getdoc
from typing import Any

from attrs import frozen

from service.lessons import contacts, errbacks, examples, firing, methods, polling, sync_async, today, utilities
from service.lessons.tables import Row


@frozen
class Lesson:
    """A lesson: the function that shows it, the fix if that is a mistake, and how to try it."""

    name: str
    shown_by: Callable[..., Any]
    cure: Callable[..., Any] | None = None
    attempt: str | None = None


LESSONS = (
    *(
        Lesson(f"contacts {function.__name__}", function, attempt=f"/lessons/contacts/{function.__name__}")
        for function in (contacts.v1, contacts.v2, contacts.v3, contacts.v4, contacts.v5, today.v6, today.v7)
    ),
    Lesson("example 1", examples.print_user_info, attempt="python -m service.lessons 1 dustin"),
    Lesson("example 2", examples.print_user_name, attempt="python -m service.lessons 2 jimbo"),
    Lesson("example 3", examples.print_page_title, attempt="python -m service.lessons 3 http://hudson.com"),
    Lesson("an errback forgets return f", errbacks.get_contacts_wrong, errbacks.get_contacts),
    Lesson("a callback forgets to return", errbacks.ajax_get_contacts_wrong, errbacks.ajax_get_contacts),
    Lesson("json_cb beside json_eb", errbacks.as_json_wrong, errbacks.as_json),
    Lesson("a new thread without an errback", errbacks.greet_wrong, errbacks.greet),
    Lesson("defer.fail(f=...)", errbacks.fail_wrong, errbacks.fail),
    Lesson("a database that raises in a timer", firing.DatabaseThatRaises, firing.DatabaseThatFires),
    Lesson("nesting without bound", firing.add_up_wrong, firing.add_up),
    Lesson("parallelLookup", utilities.parallel_lookup_wrong, utilities.parallel_lookup),
    Lesson("twisted.python.defer", utilities.import_defer_wrong, utilities.import_defer),
    Lesson("countDown", utilities.count_down_wrong, utilities.count_down),
    Lesson("wait_for_file", polling.wait_for_file_wrong, polling.wait_for_file),
    Lesson("wait_for_file without import os", polling.wait_for_file_without_os, polling.wait_for_file),
)
TABLES = {"Deferreds: methods": methods.METHODS, "Deferreds: sync and async": sync_async.SYNC_AND_ASYNC}


def list_lessons() -> dict[str, Any]:
    """Describe all lessons.

    :return: ``{"lessons": [{"name", "says", "shown_by", "cure", "try"}, ...], "tables": {title: [{"says", "today"},
        ...]}}``; ``cure`` and ``try`` are None for a lesson without them, ``today`` is "" without a better way.
    """
    return {
        "lessons": [describe(lesson) for lesson in LESSONS],
        "tables": {title: [describe_row(row) for row in rows] for title, rows in TABLES.items()},
    }


def describe(lesson: Lesson) -> dict[str, Any]:
    """Describe a lesson, with the docstring of the function that shows it."""
    return {
        "name": lesson.name,
        "says": " ".join((getdoc(lesson.shown_by) or "").split()),
        "shown_by": name_of(lesson.shown_by),
        "cure": None if lesson.cure is None else name_of(lesson.cure),
        "try": lesson.attempt,
    }


def describe_row(row: Row) -> dict[str, str]:
    """Describe a row of a table."""
    return {"says": row.says, "today": row.today}


def name_of(shown_by: Callable[..., Any]) -> str:
    """Return the fully qualified name of a function or class."""
    return f"{shown_by.__module__}.{shown_by.__qualname__}"
