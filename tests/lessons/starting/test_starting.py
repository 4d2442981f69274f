"""The files to start from work as they stand, in a folder outside this project."""

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest

from tests.client import PATIENCE

FILES = Path(__file__).parent.parent.parent.parent / "service" / "lessons" / "starting"


@contextmanager
def running(folder: Path, *arguments: str) -> Iterator["subprocess.Popen[str]"]:
    """Run Python in a folder until the end of the block."""
    process = subprocess.Popen(
        [sys.executable, *arguments], cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    yield process
    process.terminate()
    process.communicate(timeout=PATIENCE)


def line_with(process: "subprocess.Popen[str]", pattern: str) -> "re.Match[str]":
    """Read the output of a process up to a line that matches, and return the match."""
    assert process.stdout is not None
    return next(found for line in process.stdout if (found := re.search(pattern, line)))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with copies of the files."""
    for name in ("smallest.py", "test_smallest.py"):
        shutil.copy(FILES / name, tmp_path)
    plugins = tmp_path / "twisted" / "plugins"
    plugins.mkdir(parents=True)
    shutil.copy(FILES / "greeter.py", plugins)
    return tmp_path


def test_its_own_tests(folder: Path) -> None:
    """The tests of the smallest service pass beside a copy of it."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:asyncio", "-W", "error", "."]
    ran = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout
    assert "3 passed" in ran.stdout


def test_serving(folder: Path) -> None:
    """The smallest service serves contacts and errors as JSON."""
    with running(folder, "smallest.py", "0") as process:
        port = line_with(process, r"starting on (\d+)")[1]
        with urlopen(f"http://127.0.0.1:{port}/contacts?username=dustin", timeout=PATIENCE) as response:
            assert json.load(response) == {"contacts": ["karl", "amber"]}
        with pytest.raises(HTTPError) as caught:
            urlopen(f"http://127.0.0.1:{port}/contacts?username=jimbo", timeout=PATIENCE)
        assert (caught.value.code, json.load(caught.value)) == (404, {"error": "no such user: jimbo"})
        caught.value.close()


def test_its_size() -> None:
    """The smallest service can be read at a glance."""
    assert len((FILES / "smallest.py").read_text().splitlines()) <= 70


def test_under_twist(folder: Path) -> None:
    """The service runs under twist, which finds it in ``twisted/plugins``."""
    with running(folder, "-m", "twisted", "--log-format=text", "greeter") as process:
        line_with(process, "hello")
        line_with(process, "hello")
