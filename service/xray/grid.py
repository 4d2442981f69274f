"""What is seen of a Deferred, at a moment: frozen values, which no longer know the Deferred itself."""

from typing import Any, Literal

from attrs import asdict, frozen

#: The two sides of a grid: results travel on one, failures on the other.
Side = Literal["callback", "errback"]
#: Whether a Deferred has fired; one that is gone had nobody left who could fire it, or has fired unseen.
State = Literal["waiting", "fired", "gone"]


@frozen(kw_only=True)
class Origin:
    """Where something was made."""

    file: str
    line: int
    function: str


@frozen(kw_only=True)
class Step:
    """One pair of a callback and an errback, by their names, None for a pass-through.

    ``came`` is the side that the result came in on, ``left`` that on which it went on, None for what has not happened;
    ``took`` and ``gave`` are what came and what left, as text, None also where values are not to be shown.
    ``started`` is in seconds since the Deferred was made, ``seconds`` how long it took, with the Deferred that it
    ``returned``.
    """

    callback: str | None
    errback: str | None
    came: Side | None = None
    left: Side | None = None
    took: str | None = None
    gave: str | None = None
    started: float | None = None
    seconds: float | None = None
    returned: "Grid | None" = None


@frozen(kw_only=True)
class Grid:
    """A Deferred with its steps, in order; ``members`` are those of a ``DeferredList``, ``awaited`` of a coroutine.

    ``age`` is in seconds since it was made; ``unhandled`` says that it has ended in a failure which nobody has taken.
    ``left`` is the side that its result is on, ``gave`` what it is, as text, None while that is not known; ``unseen``
    counts the last steps, which are left out if there are too many.
    ``forgotten`` are Deferreds that were made by its steps, and neither returned nor given an errback: perhaps a
    ``return`` is missing.
    """

    kind: str
    made: Origin
    age: float
    state: State
    cancelled: bool
    unhandled: bool = False
    left: Side | None = None
    gave: str | None = None
    unseen: int = 0
    steps: tuple[Step, ...] = ()
    members: tuple["Grid", ...] = ()
    awaited: tuple["Grid", ...] = ()
    forgotten: tuple["Grid", ...] = ()

    @property
    def waits_for(self) -> "Grid | None":
        """Take the Deferred that has to fire before this one goes on; itself, if it has not fired."""
        found: Grid | None = waited_for(self)
        return found


def waited_for(seen: Any) -> Any:
    """Find what has to fire before a ``Grid``, or a ``Record``, goes on; None if it waits for nothing."""
    while seen is not None and seen.state != "waiting":
        seen = next((step.returned for step in seen.steps if step.came and not step.left and step.returned), None)
    if seen is None:
        return None
    return next(filter(None, map(waited_for, (*seen.members, *seen.awaited))), seen)


def to_dict(grid: Grid) -> dict[str, Any]:
    """Convert a grid to what ``json.dumps`` takes; members are called as in ``Grid``, ``Step`` and ``Origin``."""
    return asdict(grid)
