"""The README's tables of the contract tests."""

from pathlib import Path

from tests.contracts.__main__ import tables

README = Path(__file__).parent / "README.md"


def test_the_tables_are_those_of_the_suites() -> None:
    """The README lists exactly the promises of the suites, in their order."""
    rows = [line.split(" | ")[0] for line in tables(lambda *_: "") if line]
    text = README.read_text()
    begin = text.index(rows[0])
    found = [line.split(" | ")[0] for line in text[begin:].splitlines()[: len(rows) + 1] if line]
    assert [row.split("|")[1].strip() for row in found[: len(rows)]] == [row.split("|")[1].strip() for row in rows]
    assert "**no**" not in text
