"""HTTP responses, parsed by the standard library."""

import io
import json
import re
from http.client import HTTPException, HTTPResponse
from typing import Any

from attrs import define

#: Statuses above 500 that are not faults of the service: unsupported method or version, and overload.
OF_THE_CLIENT = (501, 503, 505)
#: The request id in a problem document, which differs each time.
NUMBER = re.compile(rb', "request_id": "[0-9a-f]+"')


@define
class Answer:
    """A response; two are equal if they differ only in the date and the request id."""

    status: int
    content_type: str | None
    document: Any

    @property
    def is_json(self) -> bool:
        """Whether the body is JSON; an empty body counts as JSON."""
        return bool(self.document != "?")

    @property
    def blames_us(self) -> bool:
        """Whether the status reports a fault of the service."""
        return self.status >= 500 and self.status not in OF_THE_CLIENT


class _Socket:
    """A minimal socket for the parser."""

    def __init__(self, stream: io.BytesIO) -> None:
        self.stream = stream

    def makefile(self, _: str) -> io.BytesIO:
        return self.stream


def take_apart(received: bytes, asked: bytes) -> list[Answer]:
    """Parse all responses received on a connection; interim responses are skipped."""
    stream = io.BytesIO(received)
    stream.close = lambda: None  # type: ignore[method-assign]  # the parser closes what it has read to the end
    answers: list[Answer] = []
    while stream.tell() < len(received):
        method = "HEAD" if not answers and asked.lstrip(b"\r\n").startswith(b"HEAD ") else "GET"
        response = HTTPResponse(_Socket(stream), method=method)  # type: ignore[arg-type]  # it only calls makefile
        try:
            response.begin()
            body = NUMBER.sub(b"", response.read())
            document = json.loads(body) if body else None
        except (HTTPException, ValueError):
            return [*answers, Answer(0, None, "?")]
        if response.status >= 200:
            answers.append(Answer(response.status, response.headers["Content-Type"], document))
    return answers
