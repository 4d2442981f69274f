"""The READMEs: one in each package, with links that lead somewhere, in plain English."""

import re
from pathlib import Path

ROOT = Path(__file__).parent.parent
FOLDERS = ("service", "fakes", "tests", "docker")
READMES = [ROOT / "README.md", *(path for folder in FOLDERS for path in (ROOT / folder).rglob("README.md"))]
#: Lines of the README at the top.
MAX_LINES = 170
#: Phrases that read as a translation, and how many of them are right where they are.
TRANSLATED = re.compile(r"\b(is|are) (no|none)\b|none of|\bwhoever\b|not to be had")
MAX_TRANSLATED = 10


def anchors_of(text: str) -> set[str]:
    """Return the anchors of the headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


def leads_somewhere(readme: Path, target: str) -> bool:
    """Return whether a link leads to a web page, or to a file and a heading in it."""
    path, _, anchor = target.partition("#")
    there = (readme.parent / path).resolve() if path else readme
    return target.startswith("https://") or (there.exists() and (not anchor or anchor in anchors_of(there.read_text())))


def test_links() -> None:
    """Every relative link leads to a file, and to a heading in it."""
    links = [(readme, link) for readme in READMES for link in re.findall(r"\]\(([^)]+)\)", readme.read_text())]
    assert [(str(readme), link) for readme, link in links if not leads_somewhere(readme, link)] == []


def test_every_package_has_one() -> None:
    """Each package of the service has a README, which GitHub shows beside its modules."""
    packages = [path.parent for path in (ROOT / "service").glob("*/__init__.py")]
    assert [package.name for package in packages if not (package / "README.md").exists()] == []


def test_the_first_one_is_short() -> None:
    """The README at the top is read to its end."""
    assert len((ROOT / "README.md").read_text().splitlines()) <= MAX_LINES


def test_plain_english() -> None:
    """Phrases that read as a translation are rare in code and READMEs."""
    code = [path for folder in ("service", "fakes") for path in (ROOT / folder).rglob("*.py")]
    found = [match[0] for path in [*code, *READMES] for match in TRANSLATED.finditer(path.read_text())]
    assert len(found) <= MAX_TRANSLATED, found
