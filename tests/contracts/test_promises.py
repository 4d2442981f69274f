"""What the README says of the backends."""

from pathlib import Path

from tests.contracts.__main__ import tables

README = Path(__file__).parents[2] / "README.md"


def test_the_tables_are_those_of_the_suites() -> None:
    """Every promise of the suites stands in the README, in their order, and no other."""
    rows = [line.split(" | ")[0] for line in tables(lambda *_: "") if line]
    text = README.read_text()
    begin = text.index(rows[0])
    found = [line.split(" | ")[0] for line in text[begin:].splitlines()[: len(rows) + 1] if line]
    assert [row.split("|")[1].strip() for row in found[: len(rows)]] == [row.split("|")[1].strip() for row in rows]
    assert "**no**" not in text
