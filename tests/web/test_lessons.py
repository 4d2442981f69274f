"""The lessons over HTTP."""

from typing import TYPE_CHECKING, Any

import pytest
from twisted.python.reflect import namedAny

from service import xray
from service.lessons.catalogue import LESSONS
from tests.log import Log
from tests.results import outcomes_of

if TYPE_CHECKING:
    from tests.web.memory import Web


@pytest.fixture
def web() -> "Web":
    from tests.web.memory import Web

    return Web()


def test_a_report(web: "Web") -> None:
    """One variant is run on the given query, and reported immediately even if it never answers."""
    answer = web.get("/lessons/contacts/v1?username=dustin~hang")
    assert answer.status == 200
    assert answer.header("Content-Type") == "application/json"
    explanation = answer.json.pop("explanation")
    assert explanation.endswith("It never answers: after 5 seconds the browser is still waiting.")
    assert answer.json == {
        "variant": "v1",
        "status": None,
        "content_type": None,
        "is_json": False,
        "body": None,
        "log": [],
        "explanation": explanation,
    }


@pytest.mark.parametrize(
    ("variant", "query", "status", "is_json"),
    [
        ("v1", "", 500, False),
        ("v3", "", 200, True),
        ("v5", "?", 200, True),
        ("v6", "?username=a&username=b", 200, True),
        ("v7", "?username=%ff", 200, True),
        ("product", "", 400, True),
        ("product", "?username=karl~hang", 504, True),
        ("product", "?username=karl~slow=2", 200, True),
    ],
)
def test_reports(web: "Web", variant: str, query: str, status: int, is_json: bool) -> None:
    """The report is JSON with status 200, whatever the variant would send."""
    answer = web.get(f"/lessons/contacts/{variant}{query}")
    assert (answer.status, answer.json["status"], answer.json["is_json"]) == (200, status, is_json)


def test_tracebacks(web: "Web") -> None:
    """The traceback page that the slides warn about is quoted in the report, in full only on request."""
    short, long = (
        web.get(f"/lessons/contacts/v1?tracebacks={shown}").json["body"].partition("<body>") for shown in ("off", "on")
    )
    assert short == ("<html><head><title>Processing Failed</title></head>", "<body>", short[2])
    assert len(long[2]) > 10 * len(short[2])


@pytest.mark.parametrize("query", ["tracebacks=yes", "tracebacks=on&tracebacks=off", "tracebacks="])
def test_a_bad_choice(web: "Web", query: str) -> None:
    """Tracebacks must be on or off."""
    answer = web.get(f"/lessons/contacts/v1?{query}")
    assert (answer.status, answer.json["error"]) == (400, "tracebacks must be on or off")


@pytest.mark.parametrize(
    ("variant", "query", "ran"),
    [
        ("v1", "username=dustin", ["FaultInjector.respond.<locals>.as_answer", "v1.<locals>.get_contacts.<locals>.cb"]),
        ("v5", "", ["v5.<locals>.ajax_get_contacts.<locals>.get_username"]),
        ("product", "username=dustin", ["username_asked_for", "Contacts.get_contacts"]),
    ],
)
def test_a_grid(web: "Web", variant: str, query: str, ran: list[str]) -> None:
    """The grid of one variant is available even if X-ray is off."""
    answer = web.get(f"/lessons/contacts/{variant}/grid?{query}").json
    assert answer["variant"] == variant
    assert [step[step["came"]] for step in answer["grid"]["steps"]][: len(ran)] == ran
    assert answer["text"].startswith("Deferred fired, ")
    assert not xray.installed()


@pytest.mark.parametrize("variant", ["v6", "v7"])
def test_the_grid_without_callbacks(web: "Web", variant: str) -> None:
    """A coroutine and an inlineCallbacks function have grids, too, with what they awaited."""
    grid = web.get(f"/lessons/contacts/{variant}/grid?username=dustin").json["grid"]
    assert [awaited["made"]["function"] for awaited in grid["awaited"]] == ["FaultInjector.respond"]
    assert grid["steps"]


@pytest.mark.parametrize(("variant", "begins"), [("v5", "def v5("), ("product", '    @app.route("/contacts"')])
def test_the_code_of_a_variant(web: "Web", variant: str, begins: str) -> None:
    """The grid comes with the code of the variant, or of the service's own endpoint."""
    sources = web.get(f"/lessons/contacts/{variant}/grid?username=dustin").json["sources"]
    assert sources[0]["text"].startswith(begins)
    assert len(web.get("/lessons/contacts/v1/grid?username=dustin").json["sources"]) == 1
    assert len(web.get("/lessons/contacts/v2/grid?username=dustin").json["sources"]) == 2


def test_no_grid(web: "Web") -> None:
    """A variant that raises before it makes a Deferred has no grid; an unknown variant gets 404."""
    seen = web.get("/lessons/contacts/v1/grid").json
    assert (seen["variant"], seen["grid"], seen["text"]) == ("v1", None, None)
    assert web.get("/lessons/contacts/v8/grid").json["code"] == "not_found"


def test_no_such_variant(web: "Web") -> None:
    """An unknown variant gets 404, with a list of the variants."""
    answer = web.get("/lessons/contacts/v8?username=dustin")
    assert (answer.status, answer.json["code"]) == (404, "not_found")
    assert answer.json["error"] == "unknown variant: expected v1, v2, v3, v4, v5, v6, v7 or product"


def test_the_matrix(web: "Web") -> None:
    """The matrix has every variant on every input, and the reactor is not blocked while it is computed."""
    turns: list[int] = []

    def take_turns() -> None:
        turns.append(len(web.in_flight))
        if turns[-1] or len(turns) == 1:
            web.clock.callLater(0, take_turns)

    web.clock.callLater(0, take_turns)
    matrix = web.get("/lessons/contacts").json
    assert turns.count(1) > 1
    assert list(matrix["inputs"])[:3] == ["known user", "unknown user", "missing parameter"]
    assert list(matrix["variants"]) == ["v1", "v2", "v3", "v4", "v5", "v6", "v7", "product"]
    assert all(list(row) == list(matrix["inputs"]) for row in matrix["variants"].values())
    assert matrix["variants"]["v2"]["missing parameter"]["status"] == 500


def test_the_matrix_is_computed_once(web: "Web") -> None:
    """The matrix is the same for every request."""
    first = web.get("/lessons/contacts").json
    assert web.get("/lessons/contacts").json == first


def ask_for_matrix(web: "Web") -> Any:
    """Request the matrix, and let only its first few runs happen."""
    d = web.treq.get("http://localhost/lessons/contacts")
    web.endpoint.flush()
    assert len(web.in_flight) == 1
    return d


def test_leaving_the_matrix(web: "Web", log: Log) -> None:
    """A client that disconnects cancels the matrix, which is not logged as a bug."""
    d = ask_for_matrix(web)
    d.cancel()
    outcomes_of(d)
    web.endpoint.flush()
    assert web.clock.getDelayedCalls() == []
    [line] = web.access_log
    assert line.startswith("127.0.0.1 GET /lessons/contacts 499 0 ")
    assert log.messages("service.web.problems") == []


def test_the_drain(web: "Web") -> None:
    """A matrix that is still computed when the service stops is cancelled, and its request gets ``draining``."""
    d = ask_for_matrix(web)
    web.in_flight.cancel_all()
    web.endpoint.flush()
    assert web.answer(d).json["code"] == "draining"
    assert web.clock.getDelayedCalls() == []


def test_a_bug_in_the_matrix(web: "Web", log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    """A matrix that cannot be computed is a 500, and is computed again for the next request."""
    monkeypatch.setitem(namedAny("service.lessons.matrix.VARIANTS"), "v1", None)
    assert web.get("/lessons/contacts").json["code"] == "internal_error"
    assert len(log.flush(TypeError)) == 1
    monkeypatch.undo()
    assert web.get("/lessons/contacts").status == 200


def test_the_fakes_are_behind_it() -> None:
    """Lessons run on the default fakes, whatever backends the service uses."""
    from tests.web.memory import Web

    web = Web(database="fake:?faults=down", im="fake:?faults=down")
    assert web.get("/contacts?username=dustin").status == 502
    for variant in ("v1", "product"):
        assert "karl" in web.get(f"/lessons/contacts/{variant}?username=dustin").json["body"]


def test_the_list(web: "Web") -> None:
    """The list names every lesson, what it shows, and where its code is."""
    body = web.get("/lessons").json
    assert len(body["lessons"]) == len(LESSONS)
    by_name = {lesson["name"]: lesson for lesson in body["lessons"]}
    assert by_name["contacts v1"] == {
        "slug": "contacts-v1",
        "name": "contacts v1",
        "says": "Use the full grid: a nonterminal errback, which logs, and a terminal one. Bug: without a username it"
        " raises before there is a Deferred, so neither errback sees the exception.",
        "shown_by": "service.lessons.contacts.v1",
        "cure": "service.lessons.right.right",
        "try": "/lessons/contacts/v1",
    }
    for lesson in body["lessons"]:
        assert callable(namedAny(lesson["shown_by"]))
        assert lesson["cure"] is None or callable(namedAny(lesson["cure"]))
    assert body["tables"]["Deferreds: methods"][0] == {"says": "addCallback(cb, *args)", "today": ""}


def test_each_lesson_on_the_web_can_be_tried(web: "Web") -> None:
    """Every path that a lesson names can be requested; the others are commands."""
    attempts = [lesson.attempt for lesson in LESSONS]
    assert [attempt for attempt in attempts if not attempt.startswith("/")] == [
        "python -m service.lessons 1 dustin",
        "python -m service.lessons 2 jimbo",
        "python -m service.lessons 3 http://hudson.com",
    ]
    for attempt in attempts:
        assert not attempt.startswith("/") or web.get(f"{attempt}?username=dustin").status == 200


def test_a_lesson_that_runs(web: "Web") -> None:
    """A lesson runs with the mistake and without it: code, log, response and path, also if X-ray is off."""
    answer = web.get("/lessons/forgotten-return-f").json
    assert (answer["slug"], answer["name"]) == ("forgotten-return-f", "an errback forgets return f")
    assert answer["query"] == "username=jimbo"
    wrong, right = answer["wrong"], answer["right"]
    assert wrong["shown_by"] == "service.lessons.errbacks.get_contacts_wrong"
    assert wrong["others"] == []
    assert "failed unhandled" in web.get("/lessons/wait-for-file").json["wrong"]["others"][0]["text"]
    assert wrong["received"] == {"status": 200, "content_type": "text/html", "body": '{"result": null}'}
    assert right["received"]["body"] == '{"error": "NoSuchUser: no such user: jimbo"}'
    for side in (wrong, right):
        assert side["log"] == ["err getting contacts for jimbo: no such user: jimbo"]
        assert side["grid"]["steps"][1]["errback"].endswith("<locals>.eb")
        assert side["text"].startswith("Deferred fired, ")
        assert side["sources"][0]["text"].startswith("def get_contacts")
    assert not xray.installed()


def test_a_lesson_on_another_query(web: "Web") -> None:
    """A lesson runs on the query of the request, if there is one."""
    answer = web.get("/lessons/forgotten-return-f?username=karl").json
    assert [answer[side]["received"]["body"] for side in ("wrong", "right")] == ['{"result": ["dustin"]}'] * 2
    assert web.get("/lessons/example-3?url=http://buildbot.net").json["wrong"]["printed"][1] == "title: Buildbot"


def test_a_row_that_runs(web: "Web") -> None:
    """A row of a table runs: the code of both sides, the outcome and the path."""
    answer = web.get("/lessons/tables/methods/6").json
    assert answer["says"] == "addCallbacks(cb, eb), cb raises"
    assert answer["plain"][0]["text"] == 'plain_callbacks("7")'
    assert answer["deferred"][0]["text"] == 'defer.succeed("7").addCallback(int).addCallbacks(halve, excuse)'
    assert answer["outcome"] == "OddNumberError: 7"
    assert [step["left"] for step in answer["grid"]["steps"]] == ["callback", "errback"]


@pytest.mark.parametrize(
    "path", ["methods/0", "methods/14", "methods/x", "methods/\u00b2", "nope/1", "methods/1e9", "methods/0000000019"]
)
def test_no_such_row(web: "Web", path: str) -> None:
    """A row that does not exist gets 404, with the names of the tables."""
    answer = web.get(f"/lessons/tables/{path}")
    assert (answer.status, answer.json["code"]) == (404, "not_found")
    assert "methods and sync-and-async" in answer.json["error"]


def test_the_course(web: "Web") -> None:
    """The course has twelve lessons, whose scenes can be requested, fifteen words, and the cards."""
    course = web.get("/lessons/course").json
    assert len(course["lessons"]) == 12
    assert len(course["words"]) == 15
    for lesson in course["lessons"]:
        for scene in lesson["scenes"]:
            ran = web.get(scene["path"]).json
            assert ran[scene["side"]] is not None
    assert {card["kind"] for card in course["cards"]} == {"start here", "do not use", "learn about"}


@pytest.mark.parametrize("path", ["/lessons/nope", "/lessons/contacts/", "/lessons/contacts/v1/x", "/lessonsx"])
def test_no_such_route(web: "Web", path: str) -> None:
    """An unknown path under the lessons gets 404 in JSON."""
    answer = web.get(path)
    assert (answer.status, answer.json["code"]) == (404, "not_found")


@pytest.mark.parametrize("path", ["/lessons", "//lessons", "/lessons/contacts", "/lessons/contacts/v1"])
def test_other_verbs(web: "Web", path: str) -> None:
    """Only GET and HEAD are allowed under the lessons."""
    answer = web.get(path, method="POST")
    assert (answer.status, answer.json["code"], answer.header("Allow")) == (
        405,
        "method_not_allowed",
        "GET, HEAD, OPTIONS",
    )


def test_head(web: "Web") -> None:
    """HEAD gets the status of GET, without a body."""
    head = web.get("/lessons/contacts/v1?username=dustin", method="HEAD")
    assert (head.status, head.text) == (200, b"")
