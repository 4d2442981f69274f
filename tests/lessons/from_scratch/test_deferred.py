"""The small Deferred runs chains as Twisted's does: random ones, on both."""

from typing import Any

from hypothesis import given, strategies as st
from twisted.internet.defer import Deferred
from twisted.python.failure import Failure

from service.lessons.from_scratch.deferred import SmallDeferred
from tests.results import outcomes_of

#: What a function of a chain does with its argument; ``("nest", fires, *chain)`` returns a Deferred with a chain.
ACTIONS = st.sampled_from(["return it", "return 1", "raise", "return a failure", "recover", "add a step"])
METHODS = st.sampled_from(["addCallback", "addErrback", "addBoth", "addCallbacks"])
FIRES = st.sampled_from(["before", "after", "never"])
STEPS = st.recursive(
    st.tuples(METHODS, ACTIONS, ACTIONS),
    lambda inner: st.tuples(METHODS, st.tuples(FIRES, st.lists(inner, max_size=3)), ACTIONS),
    max_leaves=6,
)
CHAINS = st.tuples(FIRES, st.lists(STEPS, max_size=6))


class OddError(Exception):
    """What functions of a chain raise."""


def words(value: Any) -> str:
    """Return a value as text, the same for both kinds of Deferred."""
    return repr(value.value) if isinstance(value, Failure) else repr(value)


class Player:
    """Runs chains on one kind of Deferred, and notes what each function takes."""

    def __init__(self, kind: Any) -> None:
        self.kind = kind
        self.seen: list[str] = []
        self.late: list[Any] = []

    def play(self, chain: Any, fails: bool) -> list[str]:
        """Make a Deferred with a chain, fire whatever fires late, and return what was seen, and the outcome."""
        d = self.make(chain, fails)
        while self.late:
            self.late.pop()()
        outcomes: list[Any] = []
        d.addBoth(outcomes.append)
        return [*self.seen, *map(words, outcomes)]

    def make(self, chain: Any, fails: bool) -> Any:
        fires, steps = chain
        d = self.kind()

        def fire() -> None:
            if fails:
                d.errback(Failure(OddError("first")))
            else:
                d.callback("first")

        if fires == "before":
            fire()
        for number, (method, *actions) in enumerate(steps):
            functions = [
                self.function(d, f"{number}{side}", action) for side, action in zip("ce", actions, strict=True)
            ]
            getattr(d, method)(*functions[: 2 if method == "addCallbacks" else 1])
        if fires == "after":
            self.late.append(fire)
        return d

    def function(self, d: Any, name: str, action: Any) -> Any:
        def run(value: Any) -> Any:
            self.seen.append(f"{name}: {words(value)}")
            if isinstance(action, tuple):
                return self.make(action, fails=isinstance(value, Failure))
            if action == "raise":
                raise OddError(name)
            if action == "add a step":
                d.addCallback(lambda result: self.seen.append(f"{name} later: {words(result)}"))
            return {"return 1": 1, "return a failure": Failure(OddError(name)), "recover": None}.get(action, value)

        return run


@given(CHAINS, st.booleans())
def test_random_chains(chain: Any, fails: bool) -> None:
    """On random chains the small Deferred calls the same functions with the same values, in the same order."""
    twisted = Player(Deferred)
    expected = twisted.play(chain, fails)
    assert Player(SmallDeferred).play(chain, fails) == expected


def test_a_nested_one() -> None:
    """A chain waits for a Deferred that a callback returns, and goes on with its result."""
    inner, outer = SmallDeferred(), SmallDeferred()
    seen: list[Any] = []
    outer.addCallback(lambda _: inner).addCallback(seen.append)
    outer.callback(None)
    assert seen == []
    inner.callback("inside")
    assert seen == ["inside"]


def test_what_it_lacks() -> None:
    """What its docstring lists is missing, and there in Twisted's."""
    assert not hasattr(SmallDeferred(), "cancel")
    assert not hasattr(SmallDeferred(), "__await__")
    d: Deferred[None] = Deferred()
    d.cancel()
    assert len(outcomes_of(d)) == 1
