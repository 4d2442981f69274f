"""The command line of the lessons: the list, one lesson, and the exercises."""

from pathlib import Path

import pytest
from twisted.internet.task import Clock

from service.command.lessons import USAGE, main
from service.lessons.catalogue import LESSONS
from tests.results import result_of


def say(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """Run the command, and return what it prints."""
    assert result_of(main(Clock(), *arguments)) is None
    return capsys.readouterr().out


def test_the_list(capsys: pytest.CaptureFixture[str]) -> None:
    """Without arguments, all lessons are listed with what they are about, and how to run one."""
    printed = say(capsys)
    names = [line.split()[0] for line in printed.partition("\n\n")[0].splitlines()]
    assert names == [lesson.slug for lesson in LESSONS]
    assert "Forget return f in an errback that should be nonterminal" in printed
    assert "Bug: the JSON step is beside the terminal errback" in printed
    assert printed.endswith(USAGE)


def test_a_lesson(capsys: pytest.CaptureFixture[str]) -> None:
    """A lesson is shown with the mistake and without it: code, log, response, and the path as text."""
    printed = say(capsys, "forgotten-return-f")
    wrong, right = printed.split("--- without the mistake ---")
    for side in (wrong, right):
        assert "logged: err getting contacts for jimbo: no such user: jimbo" in side
        assert "[get_contacts" in side
        assert "def eb(f: Failure)" in side
    assert '200 {"result": null}' in wrong
    assert '200 {"error": "NoSuchUser: no such user: jimbo"}' in right


def test_a_lesson_without_a_mistake(capsys: pytest.CaptureFixture[str]) -> None:
    """An example is shown alone, with what it prints."""
    printed = say(capsys, "example-1")
    assert "printed: *still* thinking.." in printed
    assert "without the mistake" not in printed


def test_a_lesson_without_a_deferred(capsys: pytest.CaptureFixture[str]) -> None:
    """A function that raises has no path, and one that never answers has no response."""
    assert "It returned no Deferred." in say(capsys, "fail-f")
    printed = say(capsys, "thread-without-errback")
    assert printed.count("It also made this one, which is not a part of the chain above:\n  Deferred fired") == 2
    printed = say(capsys, "wait-for-file")
    assert "It never answers" in printed
    assert "not yet" in printed


def test_writing_exercises(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Exercises are written into a folder, and what is there already stays as it is."""
    folder = tmp_path / "exercises"
    printed = say(capsys, "exercises", str(folder))
    assert len(list(folder.iterdir())) == 10
    assert f"python -m service.lessons check {folder}" in printed
    mine = folder / "e01_return_the_failure.py"
    mine.write_text("mine")
    assert f"{mine} was there already, and stays as it is" in say(capsys, "exercises", str(folder))
    assert mine.read_text() == "mine"


def test_a_folder_that_cannot_be_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A folder that cannot be written to is reported in one line."""
    (tmp_path / "file").touch()
    with pytest.raises(SystemExit) as caught:
        main(Clock(), "exercises", str(tmp_path / "file" / "folder"))
    assert caught.value.code == 2
    assert capsys.readouterr().err.startswith("cannot write the exercises: ")


def test_a_folder_without_exercises(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A folder that has no exercises is reported, with what writes them; the default is ``exercises``."""
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit) as caught:
        main(Clock(), "check")
    assert caught.value.code == 2
    assert capsys.readouterr().err == (
        "exercises has no exercises: write them with python -m service.lessons exercises\n"
    )
    say(capsys, "exercises")
    assert len(list((tmp_path / "exercises").iterdir())) == 10
