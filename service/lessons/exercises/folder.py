"""A folder of exercises: it is written once, and checked as often as needed."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from service.lessons.exercises.check import Verdict
from service.lessons.exercises.listing import EXERCISES, text_of

#: Seconds that an exercise may take.
MOST_SECONDS = 10.0


def write_exercises(folder: Path) -> Iterator[tuple[Path, bool]]:
    """Write the exercises into a folder; yield each file, and whether it was written: a file that is there stays.

    :raise OSError: if the folder cannot be written to.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for name in EXERCISES:
        path = folder / f"{name}.py"
        is_new = not path.exists()
        if is_new:
            path.write_text(text_of(name))
        yield path, is_new


def check_exercises(given: Path, seconds: float = MOST_SECONDS) -> Iterator[tuple[str, Verdict]]:
    """Check each exercise of a folder, or one file, in a process of its own; yield its name, and the verdict."""
    for path in [given] if given.is_file() else [given / f"{name}.py" for name in EXERCISES]:
        name = path.stem
        yield name, check_in_process(path.resolve(), seconds) if path.is_file() else Verdict(False, "It is missing.")


def check_in_process(path: Path, seconds: float) -> Verdict:
    """Check a file in a process, which is killed if it takes too long."""
    command = [sys.executable, "-m", "service.lessons.exercises.check", str(path)]
    try:
        ran = subprocess.run(command, capture_output=True, text=True, timeout=seconds, check=False)  # noqa: S603  ours
    except subprocess.TimeoutExpired:
        return Verdict(False, f"It did not end within {seconds:g} seconds: is there a loop without an end?")
    try:
        return Verdict(**json.loads(ran.stdout))
    except ValueError:
        return Verdict(False, f"Its process ended with status {ran.returncode}, without a verdict.")
