"""The contract of each ``ajax_get_contacts`` variant: what the browser gets and what is logged, on each input."""

import json
from typing import TYPE_CHECKING, Any

import pytest
from twisted.internet.defer import Deferred
from twisted.internet.task import Clock
from twisted.logger import formatEvent

from fakes.im import FakeIMService
from fakes.injector import FaultInjector
from service.lessons import contacts
from service.lessons.capture import capture_log
from service.lessons.contacts import QueryRequest
from tests.results import failure_of

if TYPE_CHECKING:
    from service.lessons.matrix import ContactsLesson, Report

#: What the browser gets: status, content type and body.
CONTACTS = (200, "text/html", {"contacts": ["karl", "amber", "zoë"]})
HTML = (500, "text/html", None)
NEVER = (None, None, None)
SLIDES = ["v1", "v2", "v3", "v4", "v5"]
TODAY = ["v6", "v7"]
EVERY_VARIANT = [*SLIDES, *TODAY]


def error(text: str) -> tuple[int, str, dict[str, str]]:
    return (200, "text/html", {"error": text})


#: Input -> variants -> what the browser gets.
EXPECTED: dict[str, dict[str, Any]] = {
    "known user": dict.fromkeys(EVERY_VARIANT, CONTACTS),
    "unknown user": dict.fromkeys(EVERY_VARIANT, error("no such user: jimbo")),
    "missing parameter": {
        **dict.fromkeys(["v1", "v2", "v4"], HTML),
        "v3": error("no username specified"),
        **dict.fromkeys(["v5", "v6", "v7"], error("'username'")),
    },
    "blank": dict.fromkeys(EVERY_VARIANT, error("no such user: ")),
    "repeated": dict.fromkeys(EVERY_VARIANT, (200, "text/html", {"contacts": ["dustin"]})),
    "malformed contact": dict.fromkeys(EVERY_VARIANT, error("'dict' object has no attribute 'username'")),
    "service raises": {
        **dict.fromkeys(["v1", "v2", "v3", "v4"], HTML),
        **dict.fromkeys(["v5", "v6", "v7"], error("dustin~raise")),
    },
    "service fails": dict.fromkeys(EVERY_VARIANT, error("the IM service cannot be reached")),
    "service hangs": dict.fromkeys(EVERY_VARIANT, NEVER),
    "unserialisable result": {
        **dict.fromkeys(SLIDES, HTML),
        **dict.fromkeys(TODAY, error("Object of type object is not JSON serializable")),
    },
}
#: Only v1 logs, and only when the Deferred of the IM service fails.
LOGGED = {
    "unknown user": ["err getting contacts for jimbo: no such user: jimbo"],
    "blank": ["err getting contacts for : no such user: "],
    "service fails": ["err getting contacts for dustin~down: the IM service cannot be reached"],
}
#: Input -> status and code of the service's own response, and what its chain logs.
RIGHT: dict[str, tuple[int, str | None, list[str]]] = {
    "known user": (200, None, []),
    "unknown user": (404, "no_such_user", ["no contacts for 'jimbo': NoSuchUser"]),
    "missing parameter": (400, "missing_parameter", []),
    "blank": (400, "invalid_parameter", []),
    "repeated": (400, "repeated_parameter", []),
    "malformed contact": (502, "backend_error", []),
    "service raises": (500, "internal_error", ["no contacts for 'dustin~raise': FakeBugError"]),
    "service fails": (502, "backend_error", ["no contacts for 'dustin~down': BackendError"]),
    "service hangs": (504, "timeout", ["no contacts for 'dustin~hang': CancelledError"]),
    "unserialisable result": (502, "backend_error", []),
}


def make_im_service(clock: Clock) -> FakeIMService:
    return FakeIMService(FaultInjector(clock=clock, backend="IM service"))


def make_lesson() -> "ContactsLesson":
    from service.command.composition import compose_lesson
    from service.command.settings import Settings
    from tests.web.memory import DEFAULTS, NOWHERE

    return compose_lesson(Settings(**DEFAULTS), NOWHERE)


@pytest.fixture
def lesson() -> "ContactsLesson":
    """The lesson on fakes."""
    return make_lesson()


def run(lesson: "ContactsLesson", variant: str, name: str, **options: Any) -> "Report":
    from service.lessons.matrix import INPUTS

    return lesson.run(variant, INPUTS[name].encode(), **options)


@pytest.mark.parametrize("variant", EVERY_VARIANT)
@pytest.mark.parametrize("name", EXPECTED)
def test_what_the_browser_gets(lesson: "ContactsLesson", variant: str, name: str) -> None:
    """Each variant gives the expected response to each input, bugs included, and only v1 logs."""
    report = run(lesson, variant, name)
    status, content_type, body = EXPECTED[name][variant]
    assert (report.status, report.content_type) == (status, content_type)
    assert report.is_json is (body is not None)
    if body is not None:
        assert json.loads(report.body or "") == body
    assert report.log == (LOGGED.get(name, []) if variant == "v1" else [])


@pytest.mark.parametrize("name", RIGHT)
def test_what_the_browser_gets_of_the_service(lesson: "ContactsLesson", name: str) -> None:
    """The service responds to every input in JSON, with the right status and content type."""
    report = run(lesson, "product", name)
    status, code, logged = RIGHT[name]
    body = json.loads(report.body or "")
    assert (report.status, body.get("code"), report.is_json) == (status, code, True)
    assert report.content_type == ("application/json" if status == 200 else "application/problem+json")
    assert [line for line in report.log if line.startswith("no contacts for")] == logged


def test_the_suite_is_the_whole_matrix() -> None:
    """The contract covers every variant and every input."""
    from service.lessons.matrix import INPUTS, VARIANTS

    assert list(EXPECTED) == list(RIGHT) == list(INPUTS)
    assert all(set(row) == set(VARIANTS) for row in EXPECTED.values())


def test_an_exception_and_a_failure() -> None:
    """Without a username v1 and v2 raise, whereas v4 returns a Deferred that has failed."""
    request = QueryRequest({})
    im_service = make_im_service(Clock())
    for variant in (contacts.v1, contacts.v2):
        with pytest.raises(KeyError, match="username"):
            variant(im_service)(request)
    d = contacts.v4(im_service)(request)
    assert isinstance(d, Deferred)
    failure_of(d, KeyError)


@pytest.mark.parametrize("variant", ["v1", "v2", "v4"])
def test_the_page_with_and_without_tracebacks(lesson: "ContactsLesson", variant: str) -> None:
    """Klein's page is "a lot of HTML" only if the site shows tracebacks, which is off by default."""
    off = run(lesson, variant, "missing parameter").body or ""
    on = run(lesson, variant, "missing parameter", tracebacks=True).body or ""
    assert off.startswith("<html>")
    assert len(off) < 150
    assert "KeyError" not in off
    assert on.startswith("<html>")
    assert len(on) > 1000
    assert "KeyError" in on


def test_the_browser_leaves() -> None:
    """A request that hangs is cancelled when the browser disconnects, and v1 logs it only then."""
    from service.lessons.browser import bare_site, visit
    from service.xray.recent import RecentTraces

    clock = Clock()
    site = bare_site(contacts.v1(make_im_service(clock)), RecentTraces(), clock, tracebacks=False)
    with capture_log() as events:
        with visit(site, b"username=dustin~hang", clock, 5.0) as received:
            assert received.status is None
            assert events == []
        assert [formatEvent(event) for event in events] == ["err getting contacts for dustin~hang: "]


@pytest.mark.parametrize(
    ("variant", "name", "words"),
    [
        ("v1", "known user", "The browser gets the contacts."),
        ("v1", "missing parameter", "characters of HTML, which do not parse as JSON."),
        ("v1", "service hangs", "It never answers: after 5 seconds the browser is still waiting."),
        ("v5", "missing parameter", "The browser gets an error as JSON, with a success status."),
        ("product", "missing parameter", "The browser gets an error as JSON, with an error status."),
    ],
)
def test_the_explanation(lesson: "ContactsLesson", variant: str, name: str, words: str) -> None:
    """A report names the variant's bug and says how the browser's JavaScript sees the response."""
    report = run(lesson, variant, name)
    assert report.explanation.endswith(words)
    assert ("Bug: " in report.explanation) is (variant != "product")


def test_a_contact_called_error() -> None:
    """A response is an error by its ``error`` member, whatever the contacts are called."""
    from service.lessons.browser import Received

    assert Received(200, "text/html", '{"contacts": ["error"]}').kind == "contacts"
    assert Received(200, "text/html", '{"error": "contacts"}').kind == "error"


def test_bytes_that_are_not_utf_8(lesson: "ContactsLesson") -> None:
    """A username that is not UTF-8 is an unknown user."""
    assert lesson.run("v2", b"username=%ff").body == json.dumps({"error": "no such user: \N{REPLACEMENT CHARACTER}"})
