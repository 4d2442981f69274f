"""Trace context (W3C): which trace a request belongs to, and what a request that is made for it says of that."""

import re
from collections.abc import Sequence
from secrets import token_hex
from typing import Protocol, Self

from attrs import frozen

#: ``traceparent``: version, trace, span of the caller, flags; later versions may append more.
_PARENT = re.compile(r"(?!ff)([0-9a-f]{2})-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-([0-9a-f]{2})(-.*)?")
_STATE = re.compile(r"[ -~\t]*")
#: Maximum length and number of members of ``tracestate`` that are passed on.
MAX_STATE, MAX_MEMBERS = 512, 32


class Caller(Protocol):
    """For whom a backend is asked: each may take time to find out."""

    @property
    def trace(self) -> "TraceContext":
        """The trace that the request belongs to."""

    @property
    def address(self) -> str:
        """The address that the request is attributed to."""


@frozen
class TraceContext:
    """The trace of a request: its id of 32 hex digits, its flags, and what tracing systems have added."""

    trace_id: str
    flags: str = "00"
    state: str = ""

    @classmethod
    def parse(cls, parents: Sequence[str], states: Sequence[str], otherwise: str) -> Self:
        """Parse the values of ``traceparent`` and ``tracestate``.

        :param otherwise: the id of a new trace, without a valid ``traceparent``.
        """
        parent = _PARENT.fullmatch(parents[0]) if len(parents) == 1 else None
        if parent is None or (parent[1] == "00" and parent[4]):
            return cls(otherwise)
        members = [member for member in (member.strip(" \t") for member in ",".join(states).split(",")) if member]
        state = ",".join(members)
        is_valid = len(members) <= MAX_MEMBERS and len(state) <= MAX_STATE and _STATE.fullmatch(state)
        return cls(parent[2], parent[3], state if is_valid else "")

    def headers(self) -> dict[str, str]:
        """Return the headers of a request that is made for this one, which is a new span."""
        parent = {"traceparent": f"00-{self.trace_id}-{token_hex(8)}-{self.flags}"}
        return parent | {"tracestate": self.state} if self.state else parent
