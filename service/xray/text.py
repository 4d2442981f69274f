"""A grid drawn for a terminal: callbacks on the left, errbacks on the right, and the way that the result took."""

from collections.abc import Iterator

from service.xray.grid import Grid, Step

WIDTH = 34
#: What stands between the sides: how the result left, by how it came.
_ARROWS = {
    ("callback", "callback"): "|    ",
    ("errback", "errback"): "    |",
    ("callback", "errback"): " \\   ",
    ("errback", "callback"): "   / ",
}
_WAITS = "..."
_NOTHING = "-"


def as_text(grid: Grid) -> str:
    """Draw a grid, what is nested in it indented below the step that returned it."""
    return "\n".join(lines_of(grid))


def lines_of(grid: Grid) -> Iterator[str]:
    """Draw a grid, line by line."""
    made = grid.made
    state = grid.state + ", cancelled" * grid.cancelled + ", failed unhandled" * grid.unhandled
    yield f"{grid.kind} {state}, made in {made.function} ({made.file}:{made.line}), {grid.age:.3f} s ago"
    for number, member in enumerate(grid.members):
        yield from nested(f"member {number}: ", member)
    for step in grid.steps:
        yield line_of(step)
        if step.returned is not None:
            yield from nested("returned ", step.returned)
    for forgotten in grid.forgotten:
        yield from nested("forgotten? neither returned nor given an errback: ", forgotten)


def nested(title: str, grid: Grid) -> Iterator[str]:
    """Draw a grid inside another one."""
    first, *rest = lines_of(grid)
    yield f"    > {title}{first}"
    yield from (f"      {line}" for line in rest)


def line_of(step: Step) -> str:
    """Draw one pair: the one that ran in brackets, how the result went on, and what it was then."""
    callback, errback = (
        f"[{name or _NOTHING}]" if step.came == side else f" {name or _NOTHING} "
        for side, name in (("callback", step.callback), ("errback", step.errback))
    )
    if step.came is None:
        arrow, gave = "", "not yet"
    elif step.left is None:
        arrow, gave = "", f"{_WAITS} waits"
    else:
        arrow = _ARROWS[step.came, step.left]
        gave = f"{step.gave or step.left} ({step.seconds or 0:.3f} s)"
    return f"  {callback:<{WIDTH}} {arrow:<5} {errback:<{WIDTH}} {gave}"
