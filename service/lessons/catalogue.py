"""The catalogue of the lessons: each mistake and its fix, and how to run them."""

from collections.abc import Callable
from typing import Any

from attrs import frozen

from service.lessons import (
    contacts,
    errbacks,
    examples,
    firing,
    polling,
    retired,
    right,
    stage,
    today,
    utilities,
)
from service.lessons.stage import Show

#: A function with a mistake, and the one without it.
Pair = tuple[Callable[..., Any], Callable[..., Any]]


@frozen(kw_only=True)
class Lesson:
    """A lesson: the function that shows it, and how it is run.

    ``cure`` is the function without the mistake, if there is one. ``show`` calls either on a stage, for a request with
    this ``query``. ``beside`` are functions that they call, shown with them. ``command`` runs it in a terminal.
    """

    slug: str
    name: str
    shown_by: Callable[..., Any]
    cure: Callable[..., Any] | None = None
    show: Show
    query: str = "username=jimbo"
    beside: tuple[Callable[..., Any], ...] = ()
    command: str | None = None

    @property
    def attempt(self) -> str:
        """The path or the command that runs it."""
        return self.command or f"/lessons/{self.slug}"


def variant(function: Callable[..., Any], cure: Callable[..., Any] | None, query: str, *beside: Any) -> Lesson:
    """Describe a variant of ``ajax_get_contacts``, the code without its bug, and an input that shows the bug."""
    name = function.__name__
    return Lesson(
        slug=f"contacts-{name}",
        name=f"contacts {name}",
        shown_by=function,
        cure=cure,
        show=stage.variant,
        query=query,
        beside=beside,
        command=f"/lessons/contacts/{name}",
    )


def example(number: int, function: Callable[..., Any], query: str, show: Show, *beside: Any) -> Lesson:
    """Describe one of the slides' examples, which can also be run in a terminal."""
    return Lesson(
        slug=f"example-{number}",
        name=f"example {number}",
        shown_by=function,
        show=show,
        query=query,
        beside=beside,
        command=f"python -m service.lessons {number} {query.partition('=')[2]}",
    )


def mistake(slug: str, name: str, pair: Pair, show: Show, query: str = "username=jimbo", *beside: Any) -> Lesson:
    """Describe a mistake and its fix."""
    return Lesson(slug=slug, name=name, shown_by=pair[0], cure=pair[1], show=show, query=query, beside=beside)


LESSONS = (
    variant(contacts.v1, right.right, "", contacts.get_contacts_of),
    variant(contacts.v2, right.right, "", contacts.get_contacts_of),
    variant(contacts.v3, right.right, "username=dustin~raise", contacts.get_contacts_of),
    variant(contacts.v4, right.right, "", contacts.get_contacts_of),
    variant(contacts.v5, right.right, "username=dustin~unserialisable", contacts.get_contacts_of),
    variant(today.v6, None, "username=dustin~down"),
    variant(today.v7, None, "username=dustin~down"),
    example(1, examples.print_user_info, "username=dustin", stage.user_example),
    example(2, examples.print_user_name, "username=jimbo", stage.user_example, examples.get_user_name),
    example(3, examples.print_page_title, "url=http://hudson.com", stage.page_example),
    mistake(
        "forgotten-return-f",
        "an errback forgets return f",
        (errbacks.get_contacts_wrong, errbacks.get_contacts),
        stage.for_user,
    ),
    mistake(
        "forgotten-return",
        "a callback forgets to return",
        (errbacks.ajax_get_contacts_wrong, errbacks.ajax_get_contacts),
        stage.chain_for_user,
        "username=dustin~slow=1",
        errbacks.get_contacts,
    ),
    mistake(
        "json-cb-beside-json-eb",
        "json_cb beside json_eb",
        (errbacks.as_json_wrong, errbacks.as_json),
        stage.json_step,
        "username=dustin~unserialisable",
    ),
    mistake(
        "thread-without-errback",
        "a new thread without an errback",
        (errbacks.greet_wrong, errbacks.greet),
        stage.new_thread,
        "",
    ),
    mistake("fail-f", "defer.fail(f=...)", (errbacks.fail_wrong, errbacks.fail), stage.with_failure, ""),
    mistake(
        "raise-in-a-timer",
        "a database that raises in a timer",
        (firing.DatabaseThatRaises, firing.DatabaseThatFires),
        stage.database,
        "username=jimbo",
        firing.get_user_name,
    ),
    mistake(
        "unbounded-nesting",
        "nesting without bound",
        (firing.add_up_wrong, firing.add_up),
        stage.depth,
        "",
    ),
    mistake(
        "parallel-lookup",
        "parallelLookup",
        (utilities.parallel_lookup_wrong, utilities.parallel_lookup),
        stage.lookup,
        "username=dustin&username=karl&username=jimbo",
    ),
    mistake(
        "twisted-python-defer",
        "twisted.python.defer",
        (utilities.import_defer_wrong, utilities.import_defer),
        stage.no_argument,
        "",
    ),
    mistake("count-down", "countDown", (utilities.count_down_wrong, utilities.count_down), stage.count, ""),
    mistake("wait-for-file", "wait_for_file", (polling.wait_for_file_wrong, polling.wait_for_file), stage.file, ""),
    mistake(
        "wait-for-file-without-os",
        "wait_for_file without import os",
        (polling.wait_for_file_without_os, polling.wait_for_file),
        stage.file,
        "",
    ),
    mistake(
        "maybe-deferred",
        "maybeDeferred as a design",
        (retired.cached_contacts_wrong, retired.cached_contacts),
        stage.for_user,
        "username=dustin",
    ),
    mistake(
        "pause",
        "pause and unpause",
        (retired.contacts_after_log_in_wrong, retired.contacts_after_log_in),
        stage.for_user,
        "username=dustin",
        retired.log_in,
    ),
    mistake(
        "set-timeout",
        "setTimeout",
        (retired.contacts_in_time_wrong, retired.contacts_in_time),
        stage.in_time,
        "username=dustin~hang",
    ),
)
BY_SLUG = {lesson.slug: lesson for lesson in LESSONS}
