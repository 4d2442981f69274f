"""``/arrivals``: the page makes the file that it waits for."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.web.memory import Web


def make_web(folder: Path, **settings: Any) -> "Web":
    """Make the service with a folder of its own."""
    from tests.web.memory import Web

    return Web(folder, **settings)


def test_a_file_that_is_made(tmp_path: Path) -> None:
    """The file that is made ends the wait for it, and is removed a few seconds later."""
    web = make_web(tmp_path)
    waiting = web.send("/wait-for-file?filename=report.csv")
    made = web.get("/arrivals?filename=report.csv", method="POST")
    assert (made.status, made.json) == (200, {"filename": "report.csv", "stays": 3.0})
    web.advance(1)
    assert web.answer(waiting).json["arrived"] is True
    web.advance(2)
    assert list(tmp_path.iterdir()) == []
    assert web.clock.getDelayedCalls() == []


def test_a_file_that_is_there(tmp_path: Path) -> None:
    """A file that is there already stays as it is."""
    web = make_web(tmp_path)
    (tmp_path / "report.csv").write_text("mine")
    assert web.get("/arrivals?filename=report.csv", method="POST").status == 200
    web.advance(5)
    assert (tmp_path / "report.csv").read_text() == "mine"


def test_a_file_that_has_gone(tmp_path: Path) -> None:
    """A file that somebody else has removed is nothing to remove."""
    web = make_web(tmp_path)
    web.get("/arrivals?filename=report.csv", method="POST")
    (tmp_path / "report.csv").unlink()
    web.advance(3)
    assert web.clock.getDelayedCalls() == []


@pytest.mark.parametrize("filename", ["", "..", ".hidden", "a/b", "%00", "a" * 256])
def test_a_bad_name(tmp_path: Path, filename: str) -> None:
    """Only a plain name is accepted, as by ``/wait-for-file``."""
    answer = make_web(tmp_path).get(f"/arrivals?filename={filename}", method="POST")
    assert (answer.status, answer.json["parameter"]) == (400, "filename")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("headers", [{"Host": "evil.example"}, {"Origin": "http://localhost:3000"}])
def test_who_may(tmp_path: Path, headers: dict[str, str]) -> None:
    """Only this machine, and pages of this service, may make files."""
    answer = make_web(tmp_path).get("/arrivals?filename=report.csv", method="POST", headers=headers)
    assert (answer.status, answer.json["code"]) == (403, "not_local")
    assert list(tmp_path.iterdir()) == []


def test_where_it_is_not(tmp_path: Path) -> None:
    """Where there are several processes, the page makes no files, and knows that."""
    web = make_web(tmp_path, processes=2)
    assert web.get("/arrivals?filename=report.csv", method="POST").status == 404
    assert web.get("/suggestions").json["files"] is False
    assert make_web(tmp_path).get("/suggestions").json["files"] is True


@pytest.mark.parametrize("settings", [{"watch": Path("reports")}, {"database": "sqlite:users.db"}])
def test_what_is_the_operators_own(settings: dict[str, Any]) -> None:
    """In a folder that the operator has named, or beside real backends, the page makes no files."""
    from service.command.settings import Settings
    from tests.web.memory import DEFAULTS

    assert Settings(**DEFAULTS).makes_files
    assert not Settings(**DEFAULTS | settings).makes_files
