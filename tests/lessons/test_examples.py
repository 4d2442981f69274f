"""The slides' runnable examples: what they print, in which order."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from twisted.internet.task import Clock

from service.command.lessons import USAGE, main
from tests.results import failure_of, result_of

EXAMPLES = {
    ("1", "dustin"): ["looking up dustin", "still thinking..", "*still* thinking..", "name: Dustin"],
    ("2", "karl"): [
        "print_user_name returning",
        "extract_name(User(username='karl', name='Karl'))",
        "print_name('Karl')",
        "Name: Karl",
    ],
    ("2", "jimbo"): [
        "print_user_name returning",
        "extract_name(None)",
        "print_name('(unknown)')",
        "Name: (unknown)",
    ],
    ("3", "http://buildbot.net"): ["fetching http://buildbot.net", "title: Buildbot"],
    ("3", "http://untitled.example"): ["fetching http://untitled.example", "title: "],
    ("3", "http://hudson.com"): [
        "fetching http://hudson.com",
        "failed! <class 'service.errors.page.UpstreamStatus'> the page's server answered with status 404",
    ],
}


@pytest.mark.parametrize(("arguments", "printed"), EXAMPLES.items())
def test_what_an_example_prints(
    arguments: tuple[str, ...], printed: list[str], clock: Clock, capsys: pytest.CaptureFixture[str]
) -> None:
    """An example prints some lines immediately and the rest when its Deferred fires, as on the slides."""
    d = main(clock, *arguments)
    at_once = capsys.readouterr().out.splitlines()
    assert at_once == printed[: len(at_once)] != printed
    clock.advance(1.5)
    assert capsys.readouterr().out.splitlines() == printed[len(at_once) :]
    assert result_of(d) is None


def test_example_1_has_no_answer_for_somebody_unknown(clock: Clock) -> None:
    """Example 1 does not handle an unknown user: its Deferred fails."""
    d = main(clock, "1", "jimbo")
    clock.advance(1.5)
    failure_of(d, AssertionError)


@pytest.mark.parametrize("arguments", [["4", "dustin"], ["matrix", "v1"], ["nope"], ["check", "a", "b"]])
def test_usage(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """Invalid arguments print the usage."""
    with pytest.raises(SystemExit) as caught:
        main(Clock(), *arguments)
    assert caught.value.code == 2
    said = capsys.readouterr().err
    assert said.endswith(USAGE)
    assert said.startswith("unknown lesson: 'nope'\n") is (arguments == ["nope"])


def test_the_matrix(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """The printed matrix has a column per variant and a row per input, and equals the one in the package's README."""
    monkeypatch.setattr("service.command.logs.globalLogBeginner.beginLoggingTo", lambda *_, **__: None)
    assert result_of(main(Clock(), "matrix")) is None
    printed = capsys.readouterr().out
    rows = [re.split(r" *\| *", line.strip("| ")) for line in printed.splitlines()]
    assert rows[0] == ["input", "v1", "v2", "v3", "v4", "v5", "v6", "v7", "product"]
    assert [row[0] for row in rows[2:4]] == ["known user", "unknown user"]
    assert {len(row) for row in rows} == {9}
    assert printed in Path(__file__).parent.parent.parent.joinpath("service", "lessons", "README.md").read_text()


def test_a_wrong_setting(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """An invalid setting is reported in one line."""
    monkeypatch.setenv("AJAX_CONTACTS_DEADLINE", "soon")
    with pytest.raises(SystemExit) as caught:
        main(Clock(), "matrix")
    assert caught.value.code == 2
    assert capsys.readouterr().err.startswith("--deadline 'soon': expected seconds")


def test_as_a_command() -> None:
    """The command runs on a real reactor and exits cleanly; its log is not in its output."""
    command = [sys.executable, "-m", "service.lessons"]
    ran = subprocess.run([*command, "3", "http://hudson.com"], capture_output=True, text=True, check=True)
    assert ran.stdout.splitlines() == EXAMPLES["3", "http://hudson.com"]
    ran = subprocess.run([*command, "matrix"], capture_output=True, text=True, check=True)
    assert "Traceback" not in ran.stderr
    assert ran.stdout.startswith("| input | v1 |")
