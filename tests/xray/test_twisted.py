"""Twisted's own tests of Deferred, which have the same results with and without X-ray."""

import os
import platform
import subprocess
import sys
from pathlib import Path

import pytest

from service import xray

ROOT = Path(__file__).parents[2]
PROGRAM = """
import os, sys
from service import xray
os.chdir(sys.argv[3])
if sys.argv[1] == "watched":
    xray.install()
from twisted.trial.reporter import Reporter
from twisted.trial.runner import TestLoader
result = Reporter(open(sys.argv[2], "w"))
TestLoader().loadByName("twisted.test.test_defer").run(result)
assert xray.installed() is (sys.argv[1] == "watched")
print(result.testsRun, result.successes, len(result.failures), len(result.errors))
"""


@pytest.mark.skipif(platform.python_implementation() == "PyPy", reason="some of these tests fail in PyPy by themselves")
@pytest.mark.parametrize("how", ["watched", "plain"])
def test_the_same_results(how: str, tmp_path: Path) -> None:
    """All 181 tests pass."""
    ended = subprocess.run(
        [sys.executable, "-c", PROGRAM, how, str(tmp_path / "said"), str(tmp_path)],
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert ended.stdout == "181 181 0 0\n", (tmp_path / "said").read_text() + ended.stderr
    assert xray.installed()
