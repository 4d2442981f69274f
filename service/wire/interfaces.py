"""What a response needs of its connection."""

from typing import Any, Protocol

from twisted.internet.interfaces import IAddress


class Connection(Protocol):
    """What a response needs of its connection."""

    transport: Any
    #: Lines of headers that every response has by default, by lower-case name.
    default_lines: dict[bytes, bytes]

    @property
    def peer(self) -> IAddress:
        """The address at the other end."""

    def send(self, data: bytes) -> None:
        """Send bytes to the client."""

    def done(self, response: Any) -> None:
        """Take note that a ``Response`` is complete."""

    def date(self) -> bytes:
        """Return the current time, as HTTP writes it."""

    def set_producer(self, producer: Any) -> None:
        """Set the producer that is paused while the client does not read; None to unset it."""
