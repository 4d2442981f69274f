"""A grid drawn for a terminal: callbacks on the left, errbacks on the right, and the path of the result."""

from collections.abc import Iterable, Iterator

from .grid import UNKNOWN, Grid, Origin, Step
from .tree import Node, Tree
from .warnings import Warned

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


def as_text(seen: Grid | Tree | Iterable[Warned]) -> str:
    """Draw a grid, where a nested grid is indented below the step that returned it; or a tree, or warnings."""
    if isinstance(seen, Grid):
        return "\n".join(lines_of(seen))
    if isinstance(seen, Tree):
        return "\n".join(lines_of_tree(seen))
    return "\n".join(line_of_warning(warned) for warned in seen) or "nothing looks wrong"


def lines_of_tree(tree: Tree) -> Iterator[str]:
    """Draw a tree, line by line."""
    for root in tree.roots:
        yield from lines_of_node(root, "")
    if tree.left_out:
        yield f"and {tree.left_out} more"
    elif not tree.roots:
        yield "nothing waits"


def lines_of_node(node: Node, indent: str) -> Iterator[str]:
    """Draw a node, and below it what it waits for."""
    age = "" if node.age is None else f"{node.age:.2f}s "
    number = f"#{node.number} " if node.number else ""
    kind = "" if node.kind == "Deferred" else f"{node.kind} "
    places = " <- ".join(map(place_in_text, (*reversed(node.through), node.place)))
    yield f"{indent}{age}{number}{kind}{places}"
    for below in node.waits_for:
        yield from lines_of_node(below, indent + "  ")


def place_in_text(place: Origin) -> str:
    """Return a place as ``function file:line``."""
    return f"{plain(place.function)} {place.file}:{place.line}"


def line_of_warning(warned: Warned) -> str:
    """Describe a warning in a line."""
    return f"{warned.why}: #{warned.grid.number} {next(lines_of(warned.grid))}"


def lines_of(grid: Grid) -> Iterator[str]:
    """Draw a grid, line by line."""
    made = grid.made
    state = grid.state + ", cancelled" * grid.cancelled + ", failed unhandled" * grid.unhandled
    gave = f": {grid.gave}" if grid.gave and not grid.steps else ""  # the last step shows it already
    if made == UNKNOWN:
        yield f"{grid.kind} {state}, made before X-ray was installed{gave}"
        return
    yield f"{grid.kind} {state}, made in {made.function} ({made.file}:{made.line}), {duration(grid.age)} ago{gave}"
    for place in grid.waits_in:
        yield f"    waits in {place_in_text(place)}"
    yield from lines_of_members(grid)
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


def lines_of_members(grid: Grid) -> Iterator[str]:
    """Draw the members of a list; of one that waits, only those that wait."""
    left_out = grid.fired_members
    for number, member in enumerate(grid.members):
        if grid.state == "waiting" and member.waits_for is None:
            left_out += 1
        else:
            yield from nested("member: " if grid.fired_members else f"member {number}: ", member)
    if left_out:
        yield f"    > and {left_out} member{'s' if left_out > 1 else ''} fired before"


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
