"""The sample project, in an environment of its own that has the built wheel."""

import os
import re
import shutil
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
SAMPLE = Path(__file__).parent / "sample"
#: What the wheel is made of.
SOURCES = ("service", "fakes", "pyproject.toml", "README.md", "LICENSE")
OFFLINE = ("--quiet", "--disable-pip-version-check", "--no-index", "--no-deps")


def run(*command: object, cwd: Path) -> str:
    """Run a command, and return what it prints."""
    environment = os.environ | {"PYTHONPATH": "", "AJAX_CONTACTS_DEADLINE": "nonsense"}
    for name in ("COVERAGE_PROCESS_START", "PYTEST_ADDOPTS", "PYTEST_XDIST_WORKER"):
        environment.pop(name, None)
    done = subprocess.run(
        list(map(str, command)), cwd=cwd, env=environment, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The interpreter of an environment that has the wheel, and from elsewhere only what it depends on."""
    folder = tmp_path_factory.mktemp("sample")
    source = folder / "source"
    for name in SOURCES:
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copyfile
        source.mkdir(exist_ok=True)
        copy(ROOT / name, source / name)
    run(
        sys.executable,
        "-m",
        "pip",
        "wheel",
        *OFFLINE,
        "--no-build-isolation",
        "--wheel-dir",
        folder,
        source,
        cwd=folder,
    )
    environment = folder / "venv"
    venv.create(environment)
    python = environment / "bin" / "python"
    [wheel] = folder.glob("*.whl")
    run(sys.executable, "-m", "pip", "--python", python, "install", *OFFLINE, wheel, cwd=folder)
    [packages] = environment.glob("lib/python*/site-packages")
    (packages / "dependencies.pth").write_text(sysconfig.get_path("purelib"))
    shutil.copytree(SAMPLE, folder / "sample")
    return python


def test_the_package(python: Path, tmp_path: Path) -> None:
    """It is the wheel that is tested, and importing it imports neither Klein, nor pytest-twisted, nor the reactor."""
    code = "import sys, service.testing; print(service.__file__, *sys.modules)"
    file, *modules = run(python, "-c", code, cwd=tmp_path).split()
    assert Path(file).is_relative_to(python.parent.parent)
    assert {"klein", "pytest_twisted", "pytest_asyncio", "twisted.internet.reactor"} & set(modules) == set()


@pytest.mark.parametrize(
    ("folder", "command", "outcome"),
    [
        ("with_pytest", ("pytest", "-p", "no:asyncio", "-p", "no:cacheprovider"), "6 passed"),
        ("with_asyncio", ("pytest", "-p", "no:twisted", "-p", "no:cacheprovider"), "2 passed"),
        ("with_trial", ("twisted.trial", "test_with_trial"), "PASSED (successes=2)"),
    ],
)
def test_the_sample(python: Path, folder: str, command: tuple[str, ...], outcome: str) -> None:
    """Its tests pass, with treq, a client that blocks, pytest-asyncio and trial; the environment has no say in them."""
    sample = python.parent.parent.parent / "sample" / folder
    assert re.search(re.escape(outcome), run(python, "-m", *command, cwd=sample))
