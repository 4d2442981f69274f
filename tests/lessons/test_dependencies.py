"""The table of dependencies in the README of the lessons."""

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
#: Extras that are installed with the service, and not to work on it.
EXTRAS = ("speed", "postgres")


def test_the_table_is_whole() -> None:
    """The table has every dependency of the service, and no others; each row is complete."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    needed = [*project["dependencies"], *(one for extra in EXTRAS for one in project["optional-dependencies"][extra])]
    names = {re.match(r"[\w.-]+", one)[0] for one in needed}  # type: ignore[index]  # each begins with a name
    text = (ROOT / "service" / "lessons" / "README.md").read_text().partition("## What this project depends on")[2]
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")] for line in text.splitlines() if line.startswith("|")
    ][2:]
    assert {row[0] for row in rows} == names
    assert len(rows) == len(names)
    assert all(len(row) == 4 and all(row) for row in rows)
    assert all(re.fullmatch(r"[\d.]+, [A-Z][a-z]+ 20\d\d", row[2]) for row in rows)
