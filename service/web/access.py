"""What the access log says of each request."""

from collections.abc import Callable
from typing import Any, NamedTuple, Self

from service.web.request_ids import parent_id_of


class Access(NamedTuple):
    """A request and its response: ``sent`` bytes of the body, after ``seconds``.

    The query is left out, because it names users. ``trace_id`` is that of the request, which is the request id in a new
    trace; ``parent_id`` is the request id that the client has sent, empty without one.
    """

    client: str
    method: str
    path: str
    status: int
    sent: int
    seconds: float
    user_agent: str
    request_id: str
    trace_id: str
    parent_id: str

    @classmethod
    def of(cls, exchange: Any, request: Any, status: int, seconds: float) -> Self:
        """Describe a request that has ended."""
        return cls(
            exchange.address,
            request.method.decode("latin-1"),
            request.path.decode("latin-1"),
            status,
            request.sentLength,
            seconds,
            (request.getHeader(b"user-agent") or b"").decode("latin-1"),
            exchange.id,
            exchange.trace_id,
            parent_id_of(request),
        )

    @property
    def line(self) -> str:
        """The same in one line, for people."""
        client, method, path, status, sent, seconds, user_agent, request_id, *_ = self
        return f"{client} {method} {path} {status} {sent} {seconds:.3f}s {user_agent!r} {request_id}"


#: Takes note of a request that has ended.
AccessLog = Callable[[Access], None]
