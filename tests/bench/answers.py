"""Answers taken apart by the standard library's own parser."""

import io
import json
import re
from http.client import HTTPException, HTTPResponse
from typing import Any

from attrs import define

#: What says that a method or a version is not known, or that there is too much at once.
OF_THE_CLIENT = (501, 503, 505)
#: The number of a request in a problem document, which is always another.
NUMBER = re.compile(rb', "request_id": "[0-9a-f]+"')


@define
class Answer:
    """One answer; two are the same if they say the same, whenever and under whichever number."""

    status: int
    content_type: str | None
    document: Any

    @property
    def is_json(self) -> bool:
        """Whether its body is JSON; what has none is."""
        return bool(self.document != "?")

    @property
    def blames_us(self) -> bool:
        """Whether it says that something is wrong with the service."""
        return self.status >= 500 and self.status not in OF_THE_CLIENT


class _Socket:
    """As much of a socket as the parser wants."""

    def __init__(self, stream: io.BytesIO) -> None:
        self.stream = stream

    def makefile(self, _: str) -> io.BytesIO:
        return self.stream


def take_apart(received: bytes, asked: bytes) -> list[Answer]:
    """Take apart all that came on a connection; interim answers are passed over."""
    stream = io.BytesIO(received)
    stream.close = lambda: None  # type: ignore[method-assign]  # the parser closes what it has read to the end
    answers: list[Answer] = []
    while stream.tell() < len(received):
        method = "HEAD" if not answers and asked.lstrip(b"\r\n").startswith(b"HEAD ") else "GET"
        response = HTTPResponse(_Socket(stream), method=method)  # type: ignore[arg-type]  # it wants no more of it
        try:
            response.begin()
            body = NUMBER.sub(b"", response.read())
            document = json.loads(body) if body else None
        except (HTTPException, ValueError):
            return [*answers, Answer(0, None, "?")]
        if response.status >= 200:
            answers.append(Answer(response.status, response.headers["Content-Type"], document))
    return answers
