"""A browser's connection, with the bytes that have come back on it."""

from typing import TYPE_CHECKING

from tests.web.sse import dechunked, events_of

if TYPE_CHECKING:
    from tests.web.memory import Web


class Tab:
    """A connection that has sent one request."""

    def __init__(self, web: "Web", path: str, *headers: str, method: str = "GET") -> None:
        self.transport = web.open()
        lines = [f"{method} {path} HTTP/1.1", "Host: localhost", *headers, "", ""]
        self.transport.protocol.dataReceived("\r\n".join(lines).encode())

    @property
    def status(self) -> int | None:
        """The status of the response, None before there is one."""
        return int(self.head.split()[1]) if self.head else None

    @property
    def head(self) -> str:
        head: bytes = self.transport.value().partition(b"\r\n\r\n")[0]
        return head.decode()

    @property
    def body(self) -> bytes:
        body: bytes = self.transport.value().partition(b"\r\n\r\n")[2]
        return dechunked(body)

    @property
    def events(self) -> list[dict[str, str]]:
        return events_of(self.body)

    @property
    def over(self) -> bool:
        ended: bool = self.transport.value().endswith(b"0\r\n\r\n")
        return ended

    def leave(self) -> None:
        self.transport.loseConnection()
