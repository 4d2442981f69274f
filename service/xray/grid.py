"""What is seen of a Deferred, at a moment: frozen values, which no longer know the Deferred itself."""

from typing import Literal

from attrs import frozen

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

    @property
    def is_waiting(self) -> bool:
        """Whether it has begun, and waits for the Deferred that it returned."""
        return self.came is not None and self.left is None


@frozen(kw_only=True)
class Grid:
    """A Deferred with its steps, in order; ``members`` are those of a ``DeferredList``.

    ``age`` is in seconds since it was made; ``unhandled`` says that it has ended in a failure which nobody has taken.
    ``forgotten`` are Deferreds that were made by its steps, and neither
    returned nor given an errback: perhaps a ``return`` is missing.
    """

    kind: str
    made: Origin
    age: float
    state: State
    cancelled: bool
    unhandled: bool = False
    steps: tuple[Step, ...] = ()
    members: tuple["Grid", ...] = ()
    forgotten: tuple["Grid", ...] = ()

    @property
    def waits_for(self) -> "Grid | None":
        """Take the Deferred that has to fire before this one goes on; itself, if it has not fired."""
        if self.state == "waiting":
            return next((member.waits_for for member in self.members if member.waits_for), self)
        return next((step.returned.waits_for for step in self.steps if step.is_waiting and step.returned), None)
