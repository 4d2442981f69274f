"""Trace context: what is taken of it, and what is passed on."""

import re

import pytest

from service.tracing import TraceContext

TRACE, SPAN, NEW = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331", "f" * 32
PARENT = f"00-{TRACE}-{SPAN}-01"


@pytest.mark.parametrize(
    ("parent", "flags"),
    [(PARENT, "01"), (f"00-{TRACE}-{SPAN}-00", "00"), (f"cc-{TRACE}-{SPAN}-03-what-comes", "03")],
)
def test_a_trace_that_goes_on(parent: str, flags: str) -> None:
    """The trace of the caller goes on, with its flags; a later version may say more."""
    assert TraceContext.parse([parent], ["a=1", " b=2 ,,c=3"], NEW) == TraceContext(TRACE, flags, "a=1,b=2,c=3")


@pytest.mark.parametrize(
    "parents",
    [
        *([], [PARENT, PARENT], [""], ["00"], [PARENT.upper()], [f" {PARENT}"], [f"{PARENT}-more"], [f"{PARENT}."]),
        *([f"ff-{TRACE}-{SPAN}-01"], [f"00-{'0' * 32}-{SPAN}-01"], [f"00-{TRACE}-{'0' * 16}-01"], [PARENT[:-1]]),
        [f"00-{TRACE[:-1]}-{SPAN}-01"],
    ],
)
def test_a_new_trace(parents: list[str]) -> None:
    """Without a valid parent a new trace begins, which has no state."""
    assert TraceContext.parse(parents, ["a=1"], NEW) == TraceContext(NEW)


@pytest.mark.parametrize("states", [["x" * 513], ["é=1"], [",".join(f"a{n}=1" for n in range(33))], ["a=\0"]])
def test_a_state_that_is_dropped(states: list[str]) -> None:
    """A state that is too long or malformed is dropped, and the trace goes on."""
    assert TraceContext.parse([PARENT], states, NEW) == TraceContext(TRACE, "01")


def test_what_is_passed_on() -> None:
    """A request that is made for another one belongs to its trace, as a new span each time."""
    seen = [TraceContext(TRACE, "01", "a=1").headers() for _ in range(2)]
    assert all(re.fullmatch(f"00-{TRACE}-[0-9a-f]{{16}}-01", one["traceparent"]) for one in seen)
    assert seen[0]["traceparent"] != seen[1]["traceparent"]
    assert {one["tracestate"] for one in seen} == {"a=1"}
    assert "tracestate" not in TraceContext(TRACE).headers()
