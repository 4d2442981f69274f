"""The endpoints, with valid and with invalid requests."""

import re

import pytest

from fakes.injector import FakeBugError
from service.errors import BackendError
from tests.log import Log
from tests.results import outcomes_of
from tests.web.memory import Answer, Web

ENDPOINTS = {
    "/contacts?username=dustin": {"contacts": ["karl", "amber", "zoë"]},
    "/user-info?username=dustin": {"username": "dustin", "name": "Dustin"},
    "/user-name?username=dustin": {"name": "Dustin"},
    "/user-name?username=jimbo": {"name": "(unknown)"},
    "/users?username=dustin": {"users": {"dustin": {"username": "dustin", "name": "Dustin"}}, "errors": {}},
    "/page-title?url=http://buildbot.net": {
        "title": "Buildbot",
        "og_title": None,
        "site_name": None,
        "url": "http://buildbot.net",
        "final_url": "http://buildbot.net",
        "charset": "UTF-8",
        "truncated": False,
    },
    "/livez": {"status": "ok"},
    "/readyz": {"status": "ok", "backends": {"database": "ok", "im": "ok", "pages": "ok"}},
}
PATHS = ["/contacts", "/user-info", "/user-name", "/users", "/page-title", "/livez", "/readyz"]
BY_USERNAME = ["/contacts", "/user-info", "/user-name"]


def assert_problem(answer: Answer, status: int, code: str, error: str | None = None, **members: object) -> None:
    """Check that a response is a complete problem document."""
    assert answer.status == status
    assert answer.header("Content-Type") == "application/problem+json"
    assert answer.header("Cache-Control") == "no-store"
    assert answer.length == len(answer.text)
    problem = answer.json
    assert problem["request_id"] == answer.header("X-Request-Id")
    assert (problem["status"], problem["code"]) == (status, code)
    assert problem["type"] == f"/problems/{code.replace('_', '-')}"
    assert isinstance(problem["title"], str)
    assert error is None or problem["error"] == error
    assert {name: problem[name] for name in members} == members


@pytest.mark.parametrize(("path", "body"), ENDPOINTS.items())
def test_a_good_request(web: Web, path: str, body: object) -> None:
    """Every endpoint answers a valid request with JSON."""
    answer = web.get(path)
    assert answer.status == 200
    assert answer.json == body
    assert answer.header("Content-Type") == "application/json"
    assert answer.length == len(answer.text)
    assert answer.header("X-Content-Type-Options") == "nosniff"
    assert answer.header("Server") is None


@pytest.mark.parametrize("path", ENDPOINTS)
def test_head_follows_get(web: Web, path: str) -> None:
    """HEAD gets the headers of GET, without a body."""
    get, head = web.get(path), web.get(path, method="HEAD")
    assert (head.status, head.text) == (200, b"")
    assert head.header("Content-Type") == get.header("Content-Type")
    received = web.raw(f"HEAD {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
    assert f"Content-Length: {get.length}\r\n".encode() in received
    assert received.endswith(b"\r\n\r\n")


def test_head_of_a_problem(web: Web) -> None:
    """HEAD gets the status of a problem, without a body."""
    head = web.get("/contacts", method="HEAD")
    assert (head.status, head.text) == (400, b"")


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "TRACE"])
def test_other_verbs(web: Web, path: str, method: str) -> None:
    """Any other method gets 405, with the allowed methods."""
    answer = web.get(path, method=method)
    assert_problem(answer, 405, "method_not_allowed", f"{method} is not allowed here, only GET, HEAD and OPTIONS")
    assert answer.header("Allow") == "GET, HEAD, OPTIONS"


@pytest.mark.parametrize("path", [*PATHS, "/", "/lessons", "/contacts?username=jimbo", "//contacts"])
def test_options(web: Web, path: str) -> None:
    """OPTIONS gets 204 with the methods of the path, whatever its parameters are, and no body."""
    answer = web.get(path, method="OPTIONS")
    assert (answer.status, answer.header("Allow"), answer.text) == (204, "GET, HEAD, OPTIONS", b"")
    assert answer.header("X-Request-Id")


def test_options_of_no_route(web: Web) -> None:
    """OPTIONS of a path that does not exist gets 404, of one that is not UTF-8 gets 400."""
    assert_problem(web.get("/nope", method="OPTIONS"), 404, "not_found", "there is nothing at this path")
    assert_problem(web.get("/%ff", method="OPTIONS"), 400, "bad_request", "the path is not UTF-8")


@pytest.mark.parametrize("path", ["/nope", "/contacts/", "/contacts/dustin", "/Contacts", "//nope//x", "/a%2fb"])
def test_no_such_route(web: Web, path: str) -> None:
    """An unknown path gets 404, even where the router would redirect."""
    assert_problem(web.get(path), 404, "not_found", "there is nothing at this path")


@pytest.mark.parametrize("path", BY_USERNAME)
@pytest.mark.parametrize(
    ("query", "code", "error"),
    [
        ("", "missing_parameter", "no username specified"),
        ("?user=dustin", "missing_parameter", "no username specified"),
        ("?username=", "invalid_parameter", "username is blank"),
        ("?username=%20%09", "invalid_parameter", "username is blank"),
        ("?username=a&username=b", "repeated_parameter", "username is given more than once"),
        ("?username=" + "x" * 256, "invalid_parameter", "username is longer than 255 characters"),
        ("?username=%ff%fe", "invalid_parameter", "username is not UTF-8"),
        ("?username=dust%00in", "invalid_parameter", "username must not contain control characters"),
    ],
)
def test_a_bad_username(web: Web, path: str, query: str, code: str, error: str) -> None:
    """A missing or invalid username gets 400, naming the parameter, before any backend is asked."""
    assert_problem(web.get(path + query), 400, code, error, parameter="username")


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("", "missing_parameter"),
        ("?username=", "invalid_parameter"),
        ("?username=dustin&username=", "invalid_parameter"),
        ("?" + "&".join(["username=dustin"] * 101), "invalid_parameter"),
    ],
)
def test_bad_usernames(web: Web, query: str, code: str) -> None:
    """A missing or blank username, or more than 100 of them, fails the whole request."""
    assert_problem(web.get("/users" + query), 400, code, parameter="username")


def test_a_hundred_usernames(web: Web) -> None:
    """100 users can be looked up in one request; repeated usernames appear once in the response."""
    d = web.send("/users?" + "&".join(["username=dustin", *[f"username=u{n}" for n in range(98)], "username=dustin"]))
    for _ in range(10):
        web.advance(0)
    body = web.answer(d).json
    assert len(body["users"]) == 99
    assert len(body["errors"]) == 98


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("", "missing_parameter"),
        ("?url=", "invalid_parameter"),
        ("?url=buildbot.net", "invalid_url"),
        ("?url=ftp://buildbot.net", "unsupported_scheme"),
        ("?url=javascript:alert(1)", "unsupported_scheme"),
        ("?url=http://", "invalid_url"),
        ("?url=http://a:99999/", "invalid_url"),
        ("?url=http://a:b/", "invalid_url"),
        ("?url=http://user:secret@buildbot.net/", "invalid_url"),
        ("?url=http://%5B::1/", "invalid_url"),
        ("?url=http://a:65558/", "invalid_url"),
        ("?url=%20", "invalid_parameter"),
        ("?url=http://a%20b/", "invalid_url"),
        ("?url=http://x&url=http://y", "repeated_parameter"),
        ("?url=http://x/" + "y" * 2048, "invalid_parameter"),
    ],
)
def test_a_bad_address(web: Web, query: str, code: str) -> None:
    """A missing or invalid URL gets 400, naming the parameter."""
    assert_problem(web.get("/page-title" + query), 400, code, parameter="url")


@pytest.mark.parametrize("path", ["/contacts", "/user-info"])
def test_an_unknown_user(web: Web, path: str) -> None:
    """An unknown user gets 404, naming the user."""
    assert_problem(web.get(f"{path}?username=jimbo"), 404, "no_such_user", "no such user: jimbo")


@pytest.mark.parametrize("path", BY_USERNAME)
@pytest.mark.parametrize("fault", ["down", "malformed", "flaky=1"])
def test_a_backend_that_fails(web: Web, path: str, fault: str) -> None:
    """A backend that is down or returns garbage is a 502."""
    assert_problem(web.get(f"{path}?username=dustin~{fault}"), 502, "backend_error")


@pytest.mark.parametrize("path", BY_USERNAME)
@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ("dwon", "no such fault: dwon (did you mean down?)"),
        ("slow=abc", "no such fault: slow=abc (slow takes seconds, from 0 to 3600)"),
    ],
)
def test_a_misspelt_fault(web: Web, path: str, fault: str, error: str) -> None:
    """A misspelt fault gets 400, with the one that was meant."""
    answer = web.get(f"{path}?username=dustin~{fault}")
    assert_problem(answer, 400, "invalid_parameter", error)
    assert answer.json["parameter"] == "username"


def test_a_misspelt_fault_of_one_of_several(web: Web) -> None:
    """Among several users, only the one with the misspelt fault is an error."""
    answer = web.get("/users?username=dustin&username=karl~dwon")
    assert answer.json["users"] == {"dustin": {"username": "dustin", "name": "Dustin"}, "karl~dwon": None}
    assert answer.json["errors"]["karl~dwon"]["code"] == "invalid_parameter"


def test_a_misspelt_fault_of_a_page(web: Web) -> None:
    """A misspelt fault of a page that the fake knows gets 400; a tilde in any other URL is part of it."""
    answer = web.get("/page-title?url=http://buildbot.net/~dwon")
    assert_problem(answer, 400, "invalid_parameter", "no such fault: dwon (did you mean down?)")
    assert answer.json["parameter"] == "url"
    assert_problem(web.get("/page-title?url=http://example.org/~dustin"), 502, "dns_error")
    assert_problem(web.get("/page-title?url=http://example.org/~down"), 502, "connect_error")


@pytest.mark.parametrize("path", BY_USERNAME)
def test_a_backend_with_a_bug(web: Web, log: Log, path: str) -> None:
    """A bug is a 500 without details, and one log entry with the traceback and the request id."""
    answer = web.get(f"{path}?username=dustin~raise")
    assert_problem(answer, 500, "internal_error", "internal error; look for this request_id in the server log")
    [logged] = log.flush(FakeBugError)
    assert logged["request_id"] == answer.json["request_id"]
    assert "in get_" in logged["log_failure"].getTraceback()


@pytest.mark.parametrize("path", BY_USERNAME)
def test_a_backend_that_hangs(web: Web, path: str) -> None:
    """A backend that never answers is a 504 at the deadline, and its work is cancelled."""
    assert_problem(web.get(f"{path}?username=dustin~hang", after=5), 504, "timeout", "no answer within 5 seconds")
    assert web.clock.getDelayedCalls() == []


@pytest.mark.parametrize("path", BY_USERNAME)
def test_a_slow_backend(web: Web, path: str) -> None:
    """A slow user has the same data as the plain one, and leaves no deadline timer behind."""
    slow, quick = web.get(f"{path}?username=dustin~slow=4.9", after=4.9), web.get(f"{path}?username=dustin")
    assert slow.json == quick.json
    assert web.clock.getDelayedCalls() == []


@pytest.mark.parametrize(
    ("fault", "status", "code"), [("down", 502, "connect_error"), ("malformed", 502, "bad_response")]
)
def test_a_page_that_fails(web: Web, fault: str, status: int, code: str) -> None:
    """A page whose server is down or returns garbage is a 502."""
    assert_problem(web.get(f"/page-title?url=http://buildbot.net/~{fault}"), status, code)


def test_a_page_that_is_not_there(web: Web) -> None:
    """A page whose server returns an error status is a 422 with that status."""
    answer = web.get("/page-title?url=http://hudson.com")
    assert_problem(answer, 422, "upstream_status", "the page's server answered with status 404", upstream_status=404)


def test_a_page_that_nobody_knows(web: Web) -> None:
    """A page whose host cannot be found is a 502."""
    answer = web.get("/page-title?url=http://nowhere.example")
    assert_problem(answer, 502, "dns_error", "the web server of the page cannot be found")


def test_a_page_that_hangs(web: Web) -> None:
    """A page that does not load within ten seconds is a 504."""
    d = web.send("/page-title?url=http://buildbot.net/~hang")
    web.advance(9.9)
    assert web.clock.getDelayedCalls() != []
    web.advance(0.1)
    assert_problem(web.answer(d), 504, "timeout", "no answer within 10 seconds")


def test_users_of_whom_some_fail(web: Web, log: Log) -> None:
    """A lookup that fails is null, with a problem document of its own under the requested name."""
    asked = ["dustin", "jimbo", "karl~down", "karl~slow=1", "amber~hang", "zoë~raise", "karl~malformed"]
    d = web.send("/users?" + "&".join(f"username={name}" for name in asked))
    web.advance(1)
    web.advance(3)
    body = web.answer(d).json
    assert body["users"] == {
        **dict.fromkeys(asked),
        "dustin": {"username": "dustin", "name": "Dustin"},
        "karl~slow=1": {"username": "karl", "name": "Karl"},
    }
    assert {name: problem["code"] for name, problem in body["errors"].items()} == {
        "jimbo": "no_such_user",
        "karl~down": "backend_error",
        "amber~hang": "timeout",
        "zoë~raise": "internal_error",
        "karl~malformed": "backend_error",
    }
    assert len(log.flush(FakeBugError)) == 1


@pytest.mark.parametrize("path", ["/contacts", "/user-info", "/user-name", "/users"])
def test_a_client_that_goes_away(web: Web, log: Log, path: str) -> None:
    """A client that disconnects cancels its chain down to the backend's timer, and is logged as 499."""
    d = web.send(f"{path}?username=dustin~slow=3")
    assert web.clock.getDelayedCalls() != []
    d.cancel()
    outcomes_of(d)
    web.advance(0)
    assert web.clock.getDelayedCalls() == []
    [line] = web.access_log
    assert re.fullmatch(rf"127\.0\.0\.1 GET {path} 499 0 0\.000s '' [0-9a-f]{{32}}", line)
    assert len(web.in_flight) == 0


def test_every_request_is_numbered_and_logged(web: Web, log: Log) -> None:
    """The access log has a line for each response: client, request, status, bytes of the body, user agent, id."""
    answers = [
        web.get("/contacts?username=dustin"),
        web.get("/nope", headers={"X-Request-Id": "mine", "User-Agent": "curl/8 'é'"}),
        web.get("/contacts?username=dustin", method="HEAD"),
    ]
    ids = [answer.header("X-Request-Id") for answer in answers]
    assert len(set(ids)) == 3
    assert web.access_log == [
        f"127.0.0.1 GET /contacts 200 {len(answers[0].text)} 0.000s '' {ids[0]}",
        f"127.0.0.1 GET /nope 404 {len(answers[1].text)} 0.000s \"curl/8 'Ã©'\" {ids[1]}",
        f"127.0.0.1 HEAD /contacts 200 0 0.000s '' {ids[2]}",
    ]
    assert all(re.fullmatch("[0-9a-f]{32}", str(request_id)) for request_id in ids)


def test_what_the_browser_is_not_told_is_logged(web: Web, log: Log) -> None:
    """The cause of a backend's failure is in the log."""
    request_id = web.get("/contacts?username=dustin~down").header("X-Request-Id")
    assert log.messages("service.web.problems") == [f"the IM service cannot be reached ({request_id})"]


def test_readiness_names_a_backend_that_is_down() -> None:
    """Readiness stays 200 and names a backend that is down, so that one outage does not take out every replica."""
    answer = Web(database="fake:?faults=down").get("/readyz")
    assert answer.status == 200
    assert answer.json == {"status": "ok", "backends": {"database": "down", "im": "ok", "pages": "ok"}}


def test_readiness_never_hangs() -> None:
    """Readiness names a backend that hangs, and responds after a second."""
    answer = Web(im="fake:?faults=hang").get("/readyz", after=1)
    assert answer.json["backends"] == {"database": "ok", "im": "timeout", "pages": "ok"}


def test_draining(web: Web) -> None:
    """While the service drains, it is alive but not ready, and still serves requests."""
    web.in_flight.draining = True
    answer = web.get("/readyz")
    assert_problem(answer, 503, "draining", "the service is stopping")
    assert answer.header("Retry-After") == "5"
    assert web.get("/livez").status == 200
    assert web.get("/contacts?username=karl").json == {"contacts": ["dustin"]}


def test_what_the_drain_cancels(web: Web) -> None:
    """A request that is still pending when the grace period ends is cancelled, and gets 503."""
    waiting = [web.send(f"{path}?username=dustin~hang") for path in [*BY_USERNAME, "/users"]]
    assert len(web.in_flight) == 4
    web.in_flight.cancel_all()
    web.advance(0)
    for d in waiting:
        answer = web.answer(d)
        assert_problem(answer, 503, "draining", "the service is stopping; try again")
        assert answer.header("Retry-After") == "5"
    assert web.clock.getDelayedCalls() == []


def test_an_encoding_error_reaches_the_terminal_errback(web: Web, log: Log) -> None:
    """A result that cannot be encoded is a 500, because the terminal errback comes after the JSON step."""
    web = Web(im="fake:?people=tests/web/surrogate.json")
    answer = web.get("/contacts?username=dustin")
    assert_problem(answer, 500, "internal_error")
    assert len(log.flush(UnicodeEncodeError)) == 1


def test_the_cause_of_a_failure_is_never_shown(web: Web) -> None:
    """The text of a backend's exception never reaches the browser."""
    assert "dustin~down" not in web.get("/contacts?username=dustin~down").text.decode()
    assert BackendError("x", "y").error == "the x y"
