"""The states of a connection, and what applies in each of them: a table."""

from enum import Enum

from attrs import frozen


class End(Enum):
    """How a connection comes to its end."""

    CLOSE = "send what is left, then disconnect"
    TIMEOUT = "request_timeout"  # the code of the refusal
    INCOMPLETE = "incomplete_request"  # likewise
    DISCONNECT = "disconnect: everything was sent before"
    ABORT = "disconnect immediately"


@frozen(eq=False)
class State:
    """What a connection is doing, and what ends that: a deadline, the client closing its side, or a shutdown.

    ``limit`` names the field of ``Limits`` with the seconds until the deadline. ``reads`` says whether received bytes
    are read now, ``keeps`` whether they are buffered.
    """

    doing: str
    limit: str | None = None
    at_deadline: End | None = None
    at_half_close: End | None = None
    at_shutdown: End | None = None
    reads: bool = False
    keeps: bool = False


# What it is doing, limit, at deadline, at half-close, at shutdown. These are not members of an Enum, where finding one
# takes longer than anything else that a connection does with it.
#: Outlives a shutdown, since its first request may be on its way, and IDLE does not. To the reader it is IDLE.
FRESH = State(
    "waiting for the first byte of its first request",
    "idle_deadline",
    End.CLOSE,
    End.CLOSE,
    None,
    reads=True,
    keeps=True,
)
IDLE = State("waiting for another request", "idle_deadline", End.CLOSE, End.CLOSE, End.CLOSE, reads=True, keeps=True)
HEAD = State(
    "waiting for the rest of a request's head",
    "head_deadline",
    End.TIMEOUT,
    End.INCOMPLETE,
    None,
    reads=True,
    keeps=True,
)
BODY = State(
    "waiting for the rest of a request's body",
    "body_deadline",
    End.TIMEOUT,
    End.INCOMPLETE,
    None,
    reads=True,
    keeps=True,
)
YIELDED = State("letting others have a turn before the next pipelined request", keeps=True)
RESPONDING = State("waiting for a response to be finished", keeps=True)
BLOCKED = State("waiting for the client to read", "write_deadline", End.ABORT, keeps=True)
FLUSHING = State("waiting for the last bytes to leave", "write_deadline", End.ABORT, End.DISCONNECT)
LINGERING = State(
    "waiting for the client to close its side, after everything was sent", "linger", End.DISCONNECT, End.DISCONNECT
)
CLOSED = State("closed")
STATES = (FRESH, IDLE, HEAD, BODY, YIELDED, RESPONDING, BLOCKED, FLUSHING, LINGERING, CLOSED)
