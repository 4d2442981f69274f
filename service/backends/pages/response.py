"""The head of a response, read as leniently as browsers read it.

A connection carries a single response, so that nothing can be smuggled behind it.
"""

import re
from typing import Self

from attrs import field, frozen

from service.errors import BadResponse

#: Maximum bytes of the heads of a response.
MAX_HEADERS = 64 * 1024
#: As much of the beginning as shows that it is not HTTP.
_FIRST_LINE = 64
#: Statuses of heads that are followed by another one (RFC 9110, section 15.2).
_INFORMATIONAL = range(100, 200)
_STATUS_LINE = re.compile(rb"HTTP(?:/[0-9.]+)?[\t ]+([1-9][0-9]{2})(?![0-9])", re.IGNORECASE)
#: Before a line that continues the previous one (RFC 9112, section 5.2).
_FOLD = re.compile(rb"\r?\n[\t ]+")
_END = re.compile(rb"\n\r?\n")
_NAME = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+")


@frozen
class ResponseHead:
    """The status and the headers of a response: name in lower case -> values, in Latin-1."""

    status: int
    headers: dict[str, list[str]] = field(factory=dict)

    @classmethod
    def parse(cls, data: bytes) -> Self:
        """Parse the lines of a head; malformed header lines are skipped.

        :raise BadResponse: if it does not begin with a status line.
        """
        status = _STATUS_LINE.match(data)
        if status is None:
            raise malformed()
        head = cls(int(status[1]))
        for line in _FOLD.sub(b" ", data[status.end() :]).split(b"\n")[1:]:
            name, colon, value = line.partition(b":")
            name = name.rstrip(b"\t ")
            if colon and _NAME.fullmatch(name) and b"\0" not in value:
                text = value.strip(b"\t\r ").decode("latin-1")
                head.headers.setdefault(name.decode("ascii").lower(), []).append(text)
        return head

    def words(self, name: str) -> list[str]:
        """Return the values of a header whose lines may each have several, separated by commas."""
        return [word.strip() for line in self.headers.get(name, []) for word in line.split(",")]

    def joined(self, name: str) -> str | None:
        """Return the values of a header, joined by commas; None if it is missing."""
        return ", ".join(self.headers[name]) if name in self.headers else None


class HeadReader:
    """A reader of the heads before a body: informational responses, which are skipped, and the final one.

    ``rest`` has the bytes after the final head.
    """

    def __init__(self) -> None:
        self.rest = bytearray()
        self._room = MAX_HEADERS
        self._searched = 0

    def feed(self, data: bytes) -> ResponseHead | None:
        """Take the next bytes and return the head, None while it is incomplete.

        :raise BadResponse: if it is malformed, or exceeds the size limit.
        """
        self.rest += data
        self._skip_white_space()
        while (end := _END.search(self.rest, self._searched)) is not None and end.end() <= self._room:
            head = ResponseHead.parse(bytes(self.rest[: end.start()]))
            del self.rest[: end.end()]
            self._searched = 0
            if head.status not in _INFORMATIONAL:
                return head
            self._room -= end.end()
            self._skip_white_space()
        self._searched = max(0, len(self.rest) - len(b"\n\r"))
        if len(self.rest) > self._room:
            raise BadResponse("sends headers that exceed the size limit")
        beginning = self.rest[:_FIRST_LINE]
        if b"\n" in beginning and not _STATUS_LINE.match(beginning):
            raise malformed()  # the rest of what is not HTTP need not be waited for
        return None

    def _skip_white_space(self) -> None:
        """Skip white space before a head, as browsers do."""
        if self.rest[:1].isspace():
            size = len(self.rest)
            self.rest = self.rest.lstrip()
            self._room -= size - len(self.rest)


def malformed() -> BadResponse:
    """Make the error for a response that is not HTTP, or not all of it."""
    return BadResponse("sends an incomplete or malformed HTTP response")
