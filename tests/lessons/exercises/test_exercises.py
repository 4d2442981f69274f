"""The exercises: each fault is found, each solution holds, and wrong answers are told apart."""

import json
import subprocess
import sys
from importlib.resources import files
from pathlib import Path

import pytest
from twisted.internet.task import Clock

from service.command.lessons import main
from service.lessons.exercises.check import CHECKS, check as check_file
from service.lessons.exercises.folder import check_exercises, check_in_process, write_exercises
from service.lessons.exercises.listing import EXERCISES
from tests.lessons.exercises.answers import ANSWERS, Edit

SOLUTIONS = [(name, edit) for name, answers in ANSWERS.items() for edit in answers.solutions]
WRONG = [(name, says, edit) for name, answers in ANSWERS.items() for says, *edit in answers.wrong]


def answered(name: str, edit: Edit | None = None) -> str:
    """Return the file of an exercise, with an answer."""
    text = files("service.lessons.exercises").joinpath("files", f"{name}.py").read_text()
    if edit is None:
        return text
    before, after = edit
    assert before in text
    return text.replace(before, after)


def check(tmp_path: Path, name: str, text: str) -> tuple[bool, str, str]:
    """Check the text of an exercise."""
    path = tmp_path / f"{name}.py"
    path.write_text(text)
    verdict = check_file(path)
    return verdict.holds, verdict.says, verdict.picture


def test_every_exercise_has_answers() -> None:
    """There are ten exercises; each has a check, a file and answers."""
    assert len(CHECKS) == 10
    assert list(CHECKS) == list(EXERCISES) == list(ANSWERS)
    assert {one.name for one in files("service.lessons.exercises").joinpath("files").iterdir() if one.is_file()} == {
        f"{name}.py" for name in CHECKS
    }


@pytest.mark.parametrize("name", ANSWERS)
def test_the_fault_is_found(tmp_path: Path, name: str) -> None:
    """The file as it is written does not hold, and what happens instead is said."""
    holds, says, _ = check(tmp_path, name, answered(name))
    assert not holds
    assert ANSWERS[name].untouched in says


@pytest.mark.parametrize(("name", "edit"), SOLUTIONS)
def test_a_solution_holds(tmp_path: Path, name: str, edit: Edit) -> None:
    """A solution holds."""
    assert check(tmp_path, name, answered(name, edit))[0] is True


@pytest.mark.parametrize(("name", "says", "edit"), WRONG)
def test_a_wrong_answer(tmp_path: Path, name: str, says: str, edit: Edit) -> None:
    """A usual wrong answer does not hold, and is told apart from others."""
    holds, said, _ = check(tmp_path, name, answered(name, edit))
    assert not holds
    assert says in said


def test_the_picture(tmp_path: Path) -> None:
    """What does not hold is shown with the path of the result."""
    _, _, picture = check(tmp_path, "e04_recover_from_one_error", answered("e04_recover_from_one_error"))
    assert "[get_user_name.or_unknown]" in picture


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("def get_contacts(", "It raised SyntaxError: '(' was never closed"),
        ("import nothing_like_that", "It raised ModuleNotFoundError: No module named 'nothing_like_that' in line 1."),
        ("", "It raised AttributeError: module 'e01_return_the_failure' has no attribute 'get_contacts'."),
        ("\n\ndef get_contacts(*_):\n    return 1 / 0", "It raised ZeroDivisionError: division by zero in line 4."),
        ("raise SystemExit(3)", "It raised SystemExit: 3 in line 1."),
        ("raise ValueError", "It raised ValueError in line 1."),
        ("print('hello')", "It raised AttributeError"),
    ],
)
def test_a_file_that_does_not_run(tmp_path: Path, text: str, says: str) -> None:
    """A file that cannot be run is told why, and where."""
    holds, said, _ = check(tmp_path, "e01_return_the_failure", text)
    assert not holds
    assert said.startswith(says)


def test_a_process_that_ends(tmp_path: Path) -> None:
    """A file that ends its process is told so."""
    path = tmp_path / "e01_return_the_failure.py"
    path.write_text("import os\nos._exit(3)")
    assert check_in_process(path, 20.0).says == "Its process ended with status 3, without a verdict."


def test_a_loop_without_an_end(tmp_path: Path) -> None:
    """A file that does not end is stopped."""
    path = tmp_path / "e01_return_the_failure.py"
    path.write_text("while True: pass")
    verdict = check_in_process(path, 1.0)
    assert verdict.says == "It did not end within 1 seconds: is there a loop without an end?"


def test_a_timer_that_raises(tmp_path: Path) -> None:
    """What raises in a timer is reported with the time."""
    text = answered("e05_canceller", ("d.callback, answer", "d.nope, answer"))
    assert "AttributeError" in check(tmp_path, "e05_canceller", text)[1]
    text = answered("e05_canceller", ("clock.callLater(2, d.callback, answer)", "clock.callLater(2, int, 'x')"))
    assert check(tmp_path, "e05_canceller", text)[1].startswith("After 2 seconds a timer raised ValueError")


def test_a_missing_file(tmp_path: Path) -> None:
    """A file that is missing does not hold."""
    assert {verdict.says for _, verdict in check_exercises(tmp_path)} == {"It is missing."}


def test_the_whole_folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A folder is checked in order, in two lines each and a picture, and its status says whether all hold."""
    assert all(is_new for _, is_new in write_exercises(tmp_path))
    name = "e01_return_the_failure"
    (tmp_path / f"{name}.py").write_text(answered(name, ANSWERS[name].solutions[0]))
    with pytest.raises(SystemExit) as caught:
        main(Clock(), "check", str(tmp_path))
    assert caught.value.code == 1
    printed = capsys.readouterr().out
    assert printed.startswith(f"{name}: holds\n    The failure is logged, and reaches the caller")
    assert "e10_async_def: does not hold yet\n    get_greeting is not an async def.\n" in printed
    assert "[ajax_get_contacts.fetch]" in printed
    assert printed.endswith("\n1 of 10 hold\n")


def test_one_of_them(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One exercise can be checked by its file."""
    name = "e10_async_def"
    path = tmp_path / f"{name}.py"
    path.write_text(answered(name, ANSWERS[name].solutions[0]))
    main(Clock(), "check", str(path))
    assert capsys.readouterr().out.startswith(f"{name}: holds\n")
    (tmp_path / "mine.py").touch()
    with pytest.raises(SystemExit) as caught:
        main(Clock(), "check", str(tmp_path / "mine.py"))
    assert caught.value.code == 2
    assert "mine.py is not the file of an exercise" in capsys.readouterr().err


def test_a_folder_that_is_done(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Once all hold, the command succeeds."""
    for name, answers in ANSWERS.items():
        (tmp_path / f"{name}.py").write_text(answered(name, answers.solutions[0]))
    main(Clock(), "check", str(tmp_path))
    assert capsys.readouterr().out.endswith("\n10 of 10 hold\n")


def test_as_a_command(tmp_path: Path) -> None:
    """The check of one file is a program, whose verdict is JSON."""
    path = tmp_path / "e10_async_def.py"
    path.write_text(answered("e10_async_def"))
    command = [sys.executable, "-m", "service.lessons.exercises.check", str(path)]
    ran = subprocess.run(command, capture_output=True, text=True, check=True)
    assert json.loads(ran.stdout) == {"holds": False, "says": "get_greeting is not an async def.", "picture": ""}
