"""Limits on what a client may send, and on how long it may take: in bytes and seconds."""

from attrs import field, frozen
from attrs.validators import ge, gt


@frozen(kw_only=True)
class Limits:
    """The limits of each connection, and on ``connections`` themselves. Bytes that arrive do not extend a deadline.

    ``pipelined`` bytes may wait while a response is being made. For ``linger`` seconds after the last response the
    client is still listened to, because a reset could cost it that response.
    """

    request_line: int = field(default=8 * 1024, validator=gt(0))
    headers: int = field(default=32 * 1024, validator=gt(0))
    fields: int = field(default=100, validator=gt(0))
    body: int = field(default=1024 * 1024, validator=ge(0))
    pipelined: int = field(default=64 * 1024, validator=ge(0))
    connections: int = field(default=1000, validator=gt(0))
    head_deadline: float = field(default=10.0, validator=gt(0))
    body_deadline: float = field(default=30.0, validator=gt(0))
    idle_deadline: float = field(default=15.0, validator=gt(0))
    write_deadline: float = field(default=30.0, validator=gt(0))
    linger: float = field(default=2.0, validator=ge(0))
