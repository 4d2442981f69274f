"""The states of a connection, and what applies in each of them: a table."""

from enum import Enum
from typing import NamedTuple


class State(Enum):
    """What a connection is doing."""

    FRESH = "waiting for the first byte of its first request"  # which to the reader is IDLE
    IDLE = "waiting for another request"
    HEAD = "waiting for the rest of a request's head"
    BODY = "waiting for the rest of a request's body"
    YIELDED = "letting others have a turn before the next pipelined request"
    RESPONDING = "waiting for a response to be finished"
    BLOCKED = "waiting for the client to read"
    FLUSHING = "waiting for the last bytes to leave"
    LINGERING = "waiting for the client to close its side, after everything was sent"
    CLOSED = "closed"


class End(Enum):
    """How a connection comes to its end."""

    CLOSE = "send what is left, then disconnect"
    TIMEOUT = "request_timeout"  # the code of the refusal
    INCOMPLETE = "incomplete_request"  # likewise
    DISCONNECT = "disconnect: everything was sent before"
    ABORT = "disconnect immediately"


class Rule(NamedTuple):
    """What ends a state: a deadline, the client closing its side, or the shutdown of the service.

    ``limit`` names the field of ``Limits`` with the seconds until the deadline. ``reads`` says whether received bytes
    are read now, ``keeps`` whether they are buffered.
    """

    limit: str | None = None
    at_deadline: End | None = None
    at_half_close: End | None = None
    at_shutdown: End | None = None
    reads: bool = False
    keeps: bool = False


#: FRESH outlives a shutdown, since its first request may be on its way; IDLE does not.
RULES = {
    # limit, at deadline, at half-close, at shutdown
    State.FRESH: Rule("idle_deadline", End.CLOSE, End.CLOSE, None, reads=True, keeps=True),
    State.IDLE: Rule("idle_deadline", End.CLOSE, End.CLOSE, End.CLOSE, reads=True, keeps=True),
    State.HEAD: Rule("head_deadline", End.TIMEOUT, End.INCOMPLETE, None, reads=True, keeps=True),
    State.BODY: Rule("body_deadline", End.TIMEOUT, End.INCOMPLETE, None, reads=True, keeps=True),
    State.YIELDED: Rule(keeps=True),
    State.RESPONDING: Rule(keeps=True),
    State.BLOCKED: Rule("write_deadline", End.ABORT, keeps=True),
    State.FLUSHING: Rule("write_deadline", End.ABORT, End.DISCONNECT),
    State.LINGERING: Rule("linger", End.DISCONNECT, End.DISCONNECT),
    State.CLOSED: Rule(),
}
