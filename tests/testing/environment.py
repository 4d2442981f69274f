"""Virtual environments that have a wheel of ours, and from the one that runs the tests only what it depends on."""

import os
import shutil
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path
from typing import Self

from attrs import frozen

_COMPILED = shutil.ignore_patterns("__pycache__")
_OFFLINE = ("--quiet", "--disable-pip-version-check", "--no-index", "--no-deps")
#: How the variables begin by which the tests would be a part of what is run.
_OURS = ("COVERAGE_", "PYTEST_", "PYTHONPATH")


def run(*command: object, cwd: Path) -> str:
    """Run a command, and return what it prints."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(_OURS)}
    done = subprocess.run(
        list(map(str, command)),
        cwd=cwd,
        env=environment | {"AJAX_CONTACTS_DEADLINE": "nonsense"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def build_wheel(source: Path, folder: Path, names: tuple[str, ...] = (".",)) -> Path:
    """Build the wheel of a project, or of those of its files that are named, from a copy of them."""
    copy = folder / "source"
    copy.mkdir()
    for name in names:
        if (source / name).is_dir():
            shutil.copytree(source / name, copy / name, dirs_exist_ok=True, ignore=_COMPILED)
        else:
            shutil.copyfile(source / name, copy / name)
    pip = (sys.executable, "-m", "pip", "wheel", *_OFFLINE, "--no-build-isolation", "--wheel-dir")
    run(*pip, folder, copy, cwd=folder)
    [wheel] = folder.glob("*.whl")
    return wheel


@frozen
class Environment:
    """A virtual environment in a ``folder``; commands run beside it."""

    folder: Path

    @classmethod
    def make(cls, folder: Path, wheel: Path) -> Self:
        """Make one that has the wheel, and what that depends on."""
        venv.create(folder)
        made = cls(folder)
        run(sys.executable, "-m", "pip", "--python", made.python, "install", *_OFFLINE, wheel, cwd=folder)
        [packages] = folder.glob("lib/python*/site-packages")
        (packages / "dependencies.pth").write_text(sysconfig.get_path("purelib"))
        return made

    @property
    def python(self) -> Path:
        """Its interpreter."""
        return self.folder / "bin" / "python"

    def run(self, *arguments: str, cwd: Path | None = None) -> str:
        """Run its interpreter, and return what it prints."""
        return run(self.python, *arguments, cwd=cwd or self.folder.parent)
