"""A grid drawn for a terminal: callbacks on the left, errbacks on the right, and the path of the result."""

from collections.abc import Iterator

from service.xray.grid import Grid, Step

#: Maximum width of a column, which otherwise fits its longest name.
_WIDEST = 40
#: The arrow between the columns, by the sides that the result came in on and left on.
_ARROWS = {
    ("callback", "callback"): "|    ",
    ("errback", "errback"): "    |",
    ("callback", "errback"): " \\   ",
    ("errback", "callback"): "   / ",
}
_WAITS = "..."
_NOTHING = "-"


def as_text(grid: Grid) -> str:
    """Draw a grid; a nested grid is indented below the step that returned it."""
    return "\n".join(lines_of(grid))


def lines_of(grid: Grid) -> Iterator[str]:
    """Draw a grid, line by line."""
    made = grid.made
    state = grid.state + ", cancelled" * grid.cancelled + ", failed unhandled" * grid.unhandled
    gave = f": {grid.gave}" if grid.gave and not grid.steps else ""  # the last step shows it already
    yield f"{grid.kind} {state}, made in {made.function} ({made.file}:{made.line}), {duration(grid.age)} ago{gave}"
    for number, member in enumerate(grid.members):
        yield from nested(f"member {number}: ", member)
    for awaited in grid.awaited:
        yield from nested("awaited ", awaited)
    width = width_of(grid)
    for step in grid.steps:
        yield line_of(step, width)
        if step.returned is not None:
            yield from nested("returned ", step.returned)
    if grid.unseen:
        yield f"  and {grid.unseen} more steps, which are left out"
    for forgotten in grid.forgotten:
        yield from nested("forgotten? neither returned nor given an errback: ", forgotten)


def nested(title: str, grid: Grid) -> Iterator[str]:
    """Draw a grid inside another one."""
    first, *rest = lines_of(grid)
    yield f"    > {title}{first}"
    yield from (f"      {line}" for line in rest)


def width_of(grid: Grid) -> int:
    """Return the column width for a grid."""
    names = [plain(name) for step in grid.steps for name in (step.callback, step.errback)]
    return min(max(map(len, names), default=0), _WIDEST) + 2


def plain(name: str | None) -> str:
    """Return a qualified name without ``<locals>.``; a dash for a pass-through."""
    return _NOTHING if name is None else name.replace("<locals>.", "")


def line_of(step: Step, width: int) -> str:
    """Draw a step: the pair with the one that ran in brackets, the path of the result, and its value."""
    callback, errback = (
        f"[{plain(name)}]" if step.came == side else f" {plain(name)} "
        for side, name in (("callback", step.callback), ("errback", step.errback))
    )
    if step.came is None:
        arrow, gave = "", "not yet"
    elif step.left is None:
        arrow, gave = "", f"{_WAITS} waits"
    else:
        arrow = _ARROWS[step.came, step.left]
        gave = f"{step.gave or step.left} ({duration(step.seconds or 0)})"
    return f"  {callback:<{width}} {arrow:<5} {errback:<{width}} {gave}"


def duration(seconds: float) -> str:
    """Format a duration in a suitable unit."""
    if seconds < 1e-3:  # noqa: PLR2004  the units
        return f"{seconds * 1e6:.0f} µs"
    return f"{seconds * 1e3:.1f} ms" if seconds < 1 else f"{seconds:.1f} s"
