"""The READMEs: one in each package, with links that lead somewhere, in plain English."""

import re
from collections.abc import Iterator
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


def broken_links(readme: Path) -> Iterator[str]:
    """Yield the relative links of a README that do not lead to a file, or to a heading in it."""
    for target in re.findall(r"\]\(([^)]+)\)", readme.read_text()):
        if target.startswith("https://"):
            continue
        path, _, anchor = target.partition("#")
        there = (readme.parent / path).resolve() if path else readme
        if not there.exists() or (anchor and anchor not in anchors_of(there.read_text())):
            yield f"{readme.relative_to(ROOT)}: {target}"


def test_links() -> None:
    """Every relative link leads to a file, and to a heading in it."""
    assert [link for readme in READMES for link in broken_links(readme)] == []


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
