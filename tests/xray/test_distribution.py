"""X-ray as a distribution of its own, in a project that has a ``service`` package itself."""

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.testing.environment import Environment, build_wheel

ROOT = Path(__file__).parent.parent.parent
PROGRAM = Path(__file__).parent / "program" / "hanging.py"
#: What the program waits for: each function and its line, below the one that waits for it.
TREE = """\
main hanging.py:37
  crawl hanging.py:20
    fetch_all hanging.py:25
      DeferredList fetch_all hanging.py:25
        fetch hanging.py:31
          fetch hanging.py:31
"""


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Environment:
    """An environment with the wheel, and a project in it."""
    folder = tmp_path_factory.mktemp("xray")
    wheel = build_wheel(ROOT / "service" / "xray", folder)
    environment = Environment.make(folder / "venv", wheel)
    (folder / "service").mkdir()
    (folder / "service" / "__init__.py").write_text('"""The application\'s own."""\n')
    (folder / "hanging.py").write_text(PROGRAM.read_text())
    return environment


def without_ages(tree: str) -> str:
    """Leave out the ages and numbers of a tree."""
    return re.sub(r"^( *)[0-9.]+s #[0-9]+ ", r"\1", tree, flags=re.MULTILINE)


def test_it_is_installed_alone(environment: Environment) -> None:
    """It is a package of its own, which brings no other one."""
    code = "import deferred_xray, service, sys; print(deferred_xray.__file__, service.__doc__, 'fakes' in sys.modules)"
    said = environment.run("-c", code)
    assert str(environment.folder) in said
    assert said.rstrip().endswith("The application's own. False")


def test_a_program(environment: Environment) -> None:
    """A program that hangs shows where, down to the line of each function."""
    assert without_ages(environment.run("hanging.py")).startswith(TREE)


@pytest.fixture
def running(environment: Environment) -> Iterator[Path]:
    """The socket of a program that runs."""
    path = environment.folder.parent / "socket"
    command = [str(environment.python), "hanging.py", str(path)]
    with subprocess.Popen(command, cwd=environment.folder.parent, stdout=subprocess.PIPE, text=True) as program:
        assert program.stdout is not None
        assert program.stdout.readline() == "listening\n"
        yield path
        program.kill()


def test_asking_it(environment: Environment, running: Path) -> None:
    """A running program can be asked from outside."""
    tree = environment.run("-m", "deferred_xray", str(running), "tree")
    assert without_ages(tree) == TREE
    [number] = [line.split()[1] for line in tree.splitlines() if line.endswith("crawl hanging.py:20")]
    where = environment.run("-m", "deferred_xray", str(running), "where", number)
    assert where == "made in crawl hanging.py:17\nwaits in crawl hanging.py:20\n"
