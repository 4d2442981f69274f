"""Waiting for a file, over HTTP."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.log import Log
from tests.results import outcomes_of

if TYPE_CHECKING:
    from tests.web.memory import Web


@pytest.fixture
def web(tmp_path: Path) -> Any:
    """The application, watching a folder that has a secret beside it; in the end there must not be a timer left."""
    from tests.web.memory import Web

    (tmp_path / "secret.txt").touch()
    (tmp_path / "watched").mkdir()
    web = Web(tmp_path / "watched")
    yield web
    assert web.clock.getDelayedCalls() == []


def arrive(web: "Web", name: str) -> None:
    (web.application.arrivals.folder / name).touch()


def test_a_file_that_is_there(web: "Web") -> None:
    """A file that exists gets an immediate response."""
    arrive(web, "report.csv")
    answer = web.get("/wait-for-file?filename=report.csv")
    assert answer.status == 200
    assert answer.header("Content-Type") == "application/json"
    assert answer.json == {"filename": "report.csv", "arrived": True, "waited": 0.0}


def test_a_file_that_arrives(web: "Web") -> None:
    """A file that arrives is reported to every waiting request at the next second, whatever the script of its name."""
    waiting = [web.send("/wait-for-file?filename=%E2%82%AC%20report.csv") for _ in range(2)]
    web.advance(2.5)
    arrive(web, "€ report.csv")
    web.advance(0.5)
    for d in waiting:
        assert web.answer(d).json == {"filename": "€ report.csv", "arrived": True, "waited": 3.0}


def test_a_file_that_does_not_arrive(web: "Web") -> None:
    """A file that does not arrive is a 504 after ``--wait``, which is not the deadline of other requests."""
    d = web.send("/wait-for-file?filename=report.csv")
    web.advance(29.9)
    assert len(web.in_flight) == 1
    web.advance(0.1)
    answer = web.answer(d)
    assert (answer.status, answer.json["code"]) == (504, "timeout")
    assert answer.json["error"] == "no file with that name within 30 seconds"


@pytest.mark.parametrize(
    ("query", "error"),
    [
        ("", "no filename specified"),
        ("filename=a&filename=b", "filename is given more than once"),
        ("filename=", "filename is blank"),
        ("filename=%20", "filename is blank"),
        ("filename=../secret.txt", "filename must be a plain name, without slashes"),
        ("filename=..%2Fsecret.txt", "filename must be a plain name, without slashes"),
        ("filename=%2e%2e%2fsecret.txt", "filename must be a plain name, without slashes"),
        ("filename=/etc/passwd", "filename must be a plain name, without slashes"),
        ("filename=a/../../secret.txt", "filename must be a plain name, without slashes"),
        ("filename=report.csv/", "filename must be a plain name, without slashes"),
        ("filename=..", "filename must not begin with a dot: hidden files are not watched"),
        ("filename=.", "filename must not begin with a dot: hidden files are not watched"),
        ("filename=.bashrc", "filename must not begin with a dot: hidden files are not watched"),
        ("filename=report.csv%00.txt", "filename must not contain control characters"),
        ("filename=%0a", "filename is blank"),
        ("filename=a%0ab", "filename must not contain control characters"),
        ("filename=%ff", "filename is not UTF-8"),
        ("filename=" + "x" * 256, "filename is longer than 255 characters"),
        ("filename=" + "%C3%A9" * 128, "filename is longer than 255 bytes"),
        ("filename=link", "filename is a link that leads out of the watched folder"),
        ("filename=dangling", "filename is a link that leads out of the watched folder"),
    ],
)
def test_a_bad_name(web: "Web", query: str, error: str) -> None:
    """An invalid file name, or a link that leads out of the folder, gets 400 with the reason."""
    folder = web.application.arrivals.folder
    (folder / "link").symlink_to("../secret.txt")
    (folder / "dangling").symlink_to("../nothing.txt")
    answer = web.get(f"/wait-for-file?{query}")
    assert (answer.status, answer.json["error"], answer.json["parameter"]) == (400, error, "filename")


@pytest.mark.parametrize("name", ["x" * 255, "..a".lstrip("."), "a..b", "a\\b", "%2e%2e%2f", "~", "-rf", "CON"])
def test_an_odd_name(web: "Web", name: str) -> None:
    """Any other name that a file can have is accepted."""
    arrive(web, name)
    assert web.get("/wait-for-file", params={"filename": name}).json["filename"] == name


def test_head(web: "Web") -> None:
    """HEAD does not wait, and gets no Content-Length; an invalid name gets 400."""
    head = web.get("/wait-for-file?filename=report.csv", method="HEAD")
    assert (head.status, head.text, head.header("Content-Type")) == (200, b"", "application/json")
    assert head.header("Content-Length") is None
    assert web.get("/wait-for-file?filename=.x", method="HEAD").status == 400


def test_a_client_that_goes_away(web: "Web", log: Log) -> None:
    """A client that disconnects stops its polling."""
    d = web.send("/wait-for-file?filename=report.csv")
    d.cancel()
    outcomes_of(d)
    web.advance(0)
    assert web.clock.getDelayedCalls() == []
    assert web.access_log[0].startswith("127.0.0.1 GET /wait-for-file 499 0 ")


def test_the_drain(web: "Web") -> None:
    """A request that still waits when the service stops gets ``draining``."""
    d = web.send("/wait-for-file?filename=report.csv")
    web.in_flight.cancel_all()
    web.advance(0)
    assert web.answer(d).json["code"] == "draining"
