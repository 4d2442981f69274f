"""X-ray in another program, without Klein or the rest of this service."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
SCRIPT = """
import sys
from service import xray; xray.install()
from twisted.internet import defer, task

def double(number):
    return number * 2

def ask(reactor):
    return task.deferLater(reactor, 0.01, lambda: 21).addCallback(double)

def main(reactor):
    d = defer.succeed(reactor)
    d.addCallback(ask)
    print(xray.as_text(xray.of(d)))
    d.addCallback(lambda answer: print(xray.as_text(xray.of(d))))
    return d

assert not any(module.startswith(("klein", "treq", "service.web")) for module in sys.modules)
task.react(main)
"""


def test_a_plain_script() -> None:
    """One line shows what a Deferred waits for and the path of its result."""
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    ended = subprocess.run(
        [sys.executable, "-c", SCRIPT], env=environment, capture_output=True, text=True, check=True, timeout=60
    )
    assert "[ask]" in ended.stdout
    assert "... waits" in ended.stdout
    assert "> returned Deferred waiting, made in ask" in ended.stdout
    assert "[double]" in ended.stdout
    assert " 42 (" in ended.stdout
    assert ended.stderr == ""
