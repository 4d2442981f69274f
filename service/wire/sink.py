"""What an answer needs of the connection that it goes to."""

from typing import Any, Protocol


class Sink(Protocol):
    """Where the bytes of an answer go: the channel."""

    def send(self, data: bytes) -> None:
        """Write to the client."""

    def done(self, response: Any) -> None:
        """Take note that an answer is complete."""

    def date(self) -> bytes:
        """Tell the time, as HTTP writes it."""

    def abort(self) -> None:
        """Close the connection at once."""

    def set_producer(self, producer: Any) -> None:
        """Have somebody told when the client does not read, and when it reads again; None for nobody."""
