"""Lessons that run: what each shows, with the mistake and without it."""

import json
import re
from typing import TYPE_CHECKING, Any

import pytest

from service.lessons.catalogue import BY_SLUG, LESSONS

if TYPE_CHECKING:
    from service.lessons.runs import Run

#: Lesson -> what a browser gets: with the mistake, and without it. ``HTML`` is an error page, and None no response.
HTML = "HTML"
GETS: dict[str, tuple[Any, Any]] = {
    "contacts-v1": (HTML, {"error": "'username'"}),
    "contacts-v2": (HTML, {"error": "'username'"}),
    "contacts-v3": (HTML, {"error": "dustin~raise"}),
    "contacts-v4": (HTML, {"error": "'username'"}),
    "contacts-v5": (HTML, {"error": "Object of type object is not JSON serializable"}),
    "contacts-v6": ({"error": "the IM service cannot be reached"}, None),
    "contacts-v7": ({"error": "the IM service cannot be reached"}, None),
    "example-1": ({"result": None}, None),
    "example-2": ({"result": None}, None),
    "example-3": ({"result": None}, None),
    "forgotten-return-f": ({"result": None}, {"error": "NoSuchUser: no such user: jimbo"}),
    "forgotten-return": ({"contacts": None}, {"contacts": ["karl", "amber", "zoë"]}),
    "json-cb-beside-json-eb": (HTML, {"error": "TypeError"}),
    "thread-without-errback": ({"result": "welcome"}, {"result": "welcome"}),
    "fail-f": (HTML, {"error": "LookupError: no such user"}),
    "raise-in-a-timer": (None, {"result": "(unknown)"}),
    "unbounded-nesting": ({"error": "RecursionError: maximum recursion depth exceeded"}, {"result": 500500}),
    "parallel-lookup": (
        {"result": {name: [True, "Karl"] for name in ("dustin", "karl", "jimbo")}},
        {"result": {"dustin": "Dustin", "karl": "Karl", "jimbo": None}},
    ),
    "twisted-python-defer": (HTML, {"result": "twisted.internet.defer"}),
    "count-down": (HTML, {"result": None}),
    "wait-for-file": (None, {"result": None}),
    "wait-for-file-without-os": (None, {"result": None}),
    "maybe-deferred": (HTML, {"result": ["karl"]}),
    "pause": (None, {"error": "BackendError: the IM service refuses the password"}),
    "set-timeout": (HTML, {"error": "TimeoutError: (2, 'Deferred')"}),
}
#: Lesson -> the last line of the log, with the mistake.
LOGS = {
    "contacts-v1": "unhandled error: KeyError: 'username'",
    "thread-without-errback": "unhandled error: BackendError: the door is shut",
    "raise-in-a-timer": "unhandled error in a timer: KeyError: 'jimbo'",
    "wait-for-file": "unhandled error: TypeError: wait_for_file_wrong.<locals>.poll() missing 1 required positional"
    " argument: 'filename'",
    "wait-for-file-without-os": "unhandled error: NameError: name 'os' is not defined",
}


def run(slug: str, side: str = "shown_by", query: str | None = None) -> "Run":
    from service.lessons.runs import run

    return run(BY_SLUG[slug], getattr(BY_SLUG[slug], side), query)


def got(ran: "Run") -> Any:
    """Return what a browser got, as in the table."""
    body = ran.received.body
    if body is None:
        return None
    exhausted = re.sub(r"(recursion depth exceeded)[^\"]*", r"\1", body)  # Python also says by what
    return HTML if body.startswith("<html>") else json.loads(exhausted)


@pytest.mark.parametrize("slug", GETS)
def test_what_a_browser_gets(slug: str) -> None:
    """A lesson shows its mistake on its own input, and its fix does not have it."""
    wrong, right = GETS[slug]
    assert got(run(slug)) == wrong
    if BY_SLUG[slug].cure is None:
        assert right is None
    else:
        assert got(run(slug, "cure")) == right


def test_the_suite_is_the_whole_catalogue() -> None:
    """The table has every lesson, and every mistake has a fix."""
    assert list(GETS) == list(BY_SLUG) == [lesson.slug for lesson in LESSONS]
    assert [slug for slug, lesson in BY_SLUG.items() if lesson.cure is None] == [
        *("contacts-v6", "contacts-v7", "example-1", "example-2", "example-3"),
    ]


@pytest.mark.parametrize("slug", LOGS)
def test_what_is_logged(slug: str) -> None:
    """The log of a lesson has what nothing has handled, too."""
    assert run(slug).log[-1] == LOGS[slug]


@pytest.mark.parametrize("slug", ["forgotten-return", "wait-for-file", "unbounded-nesting", "set-timeout"])
def test_a_fix_leaves_nothing_to_report(slug: str) -> None:
    """Without the mistake, nothing is left unhandled."""
    assert run(slug, "cure").log == []


def test_what_is_printed() -> None:
    """What a lesson prints is kept, and printed nowhere."""
    assert run("example-1").printed == ["looking up dustin", "still thinking..", "*still* thinking..", "name: Dustin"]
    assert run("count-down", "cure").printed == ["tick 3", "tick 2", "tick 1", "tick 0"]


def test_nothing_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    """A lesson that prints does not print into the log of the service."""
    run("example-2")
    assert capsys.readouterr() == ("", "")


def test_the_path() -> None:
    """A run has the grid of the Deferred that is returned; without one, there is none."""
    ran = run("contacts-v5")
    assert ran.grid is not None
    assert [step.left for step in ran.grid.steps][:3] == ["callback", "callback", "errback"]
    assert run("contacts-v1").grid is None


OTHERS = [
    ("thread-without-errback", "shown_by", "BackendError: the door is shut", True),
    ("thread-without-errback", "cure", None, False),
    ("wait-for-file", "shown_by", "TypeError: wait_for_file_wrong.<locals>.poll() missing", True),
    ("wait-for-file", "cure", None, False),
    ("forgotten-return", "shown_by", None, False),
]


@pytest.mark.parametrize(("slug", "side", "gave", "unhandled"), OTHERS)
def test_what_nothing_waits_for(slug: str, side: str, gave: str | None, unhandled: bool) -> None:
    """A run also has the Deferreds that nothing waits for, with the failures that nothing handles."""
    [other] = run(slug, side).others
    assert other.unhandled is unhandled
    if gave is not None:
        assert str(other.gave).startswith(gave)


def test_what_is_waited_for() -> None:
    """What is returned, or returned by a callback, is part of the path, and not listed beside it."""
    for slug in ("forgotten-return", "contacts-v1", "set-timeout", "parallel-lookup"):
        assert run(slug, "cure").others == ()


def test_where_the_code_is() -> None:
    """What made a Deferred, and each function that ran, can be found in the code that is shown."""
    ran = run("contacts-v1", query="username=dustin~down")
    [source] = ran.sources
    assert ran.grid is not None
    first, last = source.bodies["v1.<locals>.get_contacts.<locals>.eb"]
    lines = source.text.splitlines()[first - source.line : last - source.line + 1]
    assert [line.strip().partition("(")[0] for line in lines] == ["_log.warn", "return f"]
    added = source.added["v1.<locals>.get_contacts.<locals>.eb"]
    assert source.text.splitlines()[added - source.line].strip() == "d.addCallbacks(cb, eb)"
    nested = run("forgotten-return", "cure").grid
    assert nested is not None
    assert run("forgotten-return", "cure").sources[0].file == nested.made.file


def test_what_an_input_changes() -> None:
    """Another query shows the lesson on another input."""
    assert got(run("forgotten-return-f", query="username=karl")) == {"result": ["dustin"]}
    assert "title: Buildbot" in run("example-3", query="url=http://buildbot.net").printed
    assert got(run("example-2", query="")) == {"result": None}
    for side in ("shown_by", "cure"):
        assert got(run("pause", side, "username=karl")) == {"result": ["dustin"]}
        assert got(run("maybe-deferred", "cure", "username=karl")) == {"result": ["dustin"]}
    assert got(run("maybe-deferred", query="username=karl")) == {"result": ["dustin"]}
    assert got(run("set-timeout", "cure", "username=karl")) == {"result": ["dustin"]}


@pytest.mark.parametrize(
    ("slug", "words"),
    [
        ("forgotten-return-f", "The browser gets a result as JSON."),
        ("json-cb-beside-json-eb", "characters of HTML, which do not parse as JSON."),
        ("pause", "It never answers: after 5 seconds the browser is still waiting."),
    ],
)
def test_the_explanation(slug: str, words: str) -> None:
    """A run says what the browser makes of the response."""
    assert run(slug).explanation.endswith(words)
