"""A grid as JSON: the names of its members are those of ``Grid``, ``Step`` and ``Origin``, and so is what they mean."""

from typing import Any

from attrs import asdict

from service.xray.grid import Grid


def as_json(grid: Grid) -> dict[str, Any]:
    """Make what ``json.dumps`` takes: dictionaries, tuples, strings, numbers, booleans and None."""
    return asdict(grid)
