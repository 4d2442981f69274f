"""Snapshots of a Deferred: immutable values without a reference to the Deferred itself."""

from typing import Any, Literal

from attrs import asdict, frozen

#: The two sides of a grid: results travel on the callback side, failures on the errback side.
Side = Literal["callback", "errback"]
#: Whether a Deferred has fired; ``gone`` means that it was freed before it was seen to fire.
State = Literal["waiting", "fired", "gone"]


@frozen(kw_only=True)
class Origin:
    """The line of code that made a Deferred."""

    file: str
    line: int
    function: str


#: The place of what was made while X-ray was not installed.
UNKNOWN = Origin(file="?", line=0, function="?")


@frozen(kw_only=True)
class Step:
    """A callback/errback pair, by name; None for a pass-through.

    ``came`` is the side that the result came in on and ``left`` the side that it left on; None if not yet.
    ``took`` and ``gave`` are the values that came in and left, as text; None also if values are not shown.
    ``started`` is in seconds since the Deferred was made. ``seconds`` is the duration, including that of the Deferred
    it ``returned``.
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
    """A Deferred with its steps in order; ``members`` belong to a ``DeferredList`` and ``awaited`` to a coroutine.

    ``number`` is never used again, and 0 for one that was made while X-ray was not installed, of which little is known.
    ``waits_in`` is where the generator or coroutine waits whose result it is, and each that it waits for in turn.
    ``fired_members`` is the number of members that are left out because they have fired.
    ``age`` is in seconds since it was made; ``unhandled`` means that it ended in a failure that was not handled.
    ``left`` is the side that its result is on and ``gave`` the result as text; both are None while unknown.
    ``unseen`` is the number of last steps that were not kept because there were too many.
    ``forgotten`` are Deferreds that its steps made and neither returned nor gave an errback: a ``return`` may be
    missing.
    """

    kind: str
    number: int
    made: Origin
    age: float
    state: State
    cancelled: bool
    unhandled: bool = False
    left: Side | None = None
    gave: str | None = None
    unseen: int = 0
    steps: tuple[Step, ...] = ()
    waits_in: tuple[Origin, ...] = ()
    members: tuple["Grid", ...] = ()
    fired_members: int = 0
    awaited: tuple["Grid", ...] = ()
    forgotten: tuple["Grid", ...] = ()

    @property
    def waits_for(self) -> "Grid | None":
        """The Deferred that has to fire before this one continues: itself, a nested one, or None."""
        return waited_for(self)


def is_waiting(step: Any) -> bool:
    """Return whether a step has begun, and waits for what it has returned."""
    return step.came is not None and step.left is None


def waited_for(seen: Any) -> Any:
    """Find what has to fire before a ``Grid`` or ``Record`` continues; None if it waits for nothing."""
    while seen is not None and seen.state != "waiting":
        seen = next((step.returned for step in seen.steps if is_waiting(step) and step.returned), None)
    if seen is None:
        return None
    return next(filter(None, map(waited_for, (*seen.members, *seen.awaited))), seen)


def to_dict(seen: Any) -> dict[str, Any]:
    """Convert a grid or a tree to JSON types; the keys are the attributes of their classes."""
    return asdict(seen)
