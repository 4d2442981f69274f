"""The sample project, in an environment of its own that has the built wheel."""

import shutil
from pathlib import Path

import pytest

from tests.testing.environment import Environment, build_wheel

ROOT = Path(__file__).parent.parent.parent
SAMPLE = Path(__file__).parent / "sample"
#: What the wheel is made of.
SOURCES = ("service", "fakes", "pyproject.toml", "README.md", "LICENSE")


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Environment:
    """An environment that has the wheel, with the sample project beside it."""
    folder = tmp_path_factory.mktemp("sample")
    shutil.copytree(SAMPLE, folder / "sample")
    return Environment.make(folder / "venv", build_wheel(ROOT, folder, SOURCES))


def test_the_package(environment: Environment) -> None:
    """It is the wheel that is tested, and importing it imports neither Klein, nor pytest-twisted, nor the reactor."""
    code = "import sys, service.testing; print(service.__file__, *sys.modules)"
    file, *modules = environment.run("-c", code).split()
    assert Path(file).is_relative_to(environment.folder)
    assert {"klein", "pytest_twisted", "pytest_asyncio", "twisted.internet.reactor"} & set(modules) == set()


@pytest.mark.parametrize(
    ("folder", "command", "outcome"),
    [
        ("with_pytest", ("pytest", "-p", "no:asyncio", "-p", "no:cacheprovider"), "6 passed"),
        ("with_asyncio", ("pytest", "-p", "no:twisted", "-p", "no:cacheprovider"), "2 passed"),
        ("with_trial", ("twisted.trial", "test_with_trial"), "PASSED (successes=2)"),
    ],
)
def test_the_sample(environment: Environment, folder: str, command: tuple[str, ...], outcome: str) -> None:
    """Its tests pass, with treq, a client that blocks, pytest-asyncio and trial; the environment has no say in them."""
    sample = environment.folder.parent / "sample" / folder
    assert outcome in environment.run("-m", *command, cwd=sample)
