"""The parameters of requests: their names and bounds, which the code checks and ``/openapi.json`` describes."""

from collections.abc import Callable, Iterable
from typing import Any

from attrs import frozen

from service.errors import BadRequest, InvalidParameter, MissingParameter, RepeatedParameter
from service.urls import MAX_URL

#: At least one character that is not white space, and no control characters.
_TEXT = r"^[^\x00-\x1f\x7f-\x9f]*[^\s\x00-\x1f\x7f-\x9f][^\x00-\x1f\x7f-\x9f]*$"
#: The same, without slashes, and without a dot at the beginning.
_PLAIN_NAME = r"^(?!\.)[^/\x00-\x1f\x7f-\x9f]*[^\s/\x00-\x1f\x7f-\x9f][^/\x00-\x1f\x7f-\x9f]*$"


@frozen(kw_only=True)
class Parameter:
    """A parameter of a request: in its query, or as ``place`` says, in its path or its headers.

    ``errors`` are those of a request in which it is wrong.
    """

    name: str
    about: str
    example: str | int | None = None
    place: str = "query"
    required: bool = True
    errors: tuple[type[BadRequest], ...] = (MissingParameter, RepeatedParameter, InvalidParameter)

    def schema(self) -> dict[str, Any]:
        """Return the JSON Schema of its values."""
        return {"type": "string"}


@frozen(kw_only=True)
class Text(Parameter):
    """A text of at most ``most`` characters; given up to ``times``, if that is more than 1."""

    most: int
    pattern: str = _TEXT
    times: int = 1

    def schema(self) -> dict[str, Any]:
        text = {"type": "string", "minLength": 1, "maxLength": self.most, "pattern": self.pattern}
        if self.times == 1:
            return text
        return {"type": "array", "items": text, "minItems": 1, "maxItems": self.times}


@frozen(kw_only=True)
class Number(Parameter):
    """A whole number from 0 to ``most``."""

    most: int

    def schema(self) -> dict[str, Any]:
        return {"type": "integer", "minimum": 0, "maximum": self.most}


@frozen(kw_only=True)
class Choice(Parameter):
    """One of the words that ``values`` returns."""

    values: Callable[[], Iterable[str]]

    def schema(self) -> dict[str, Any]:
        return {"type": "string", "enum": list(self.values())}


USERNAME = Text(name="username", about="The name that a user logs in with.", example="dustin", most=255)
USERNAMES = Text(
    name="username",
    about="The names that users log in with; the parameter is repeated.",
    example="dustin",
    most=USERNAME.most,
    times=100,
    errors=(MissingParameter, InvalidParameter),
)
URL = Text(
    name="url",
    about="The http or https URL of a web page, without a user name or password.",
    example="http://buildbot.net",
    most=MAX_URL,
    pattern=r"^https?://[^\s/?#]",
)
#: ``most`` also counts bytes, because that is what file systems do.
FILENAME = Text(
    name="filename",
    about="The name of a file in the watched folder: at most 255 bytes, not hidden, and without a path.",
    example="report.csv",
    most=255,
    pattern=_PLAIN_NAME,
)
COUNT = Number(name="n", about="The number to count down from, one a second.", example=3, most=3600)
SECONDS = Parameter(name="seconds", about="How far the clock advances, from 0 to 86,400 seconds.", example=30)
IN_FLIGHT = Number(
    name="in_flight", about="How many requests are in flight before the clock advances.", required=False, most=1000
)
TRACEBACKS = Choice(
    name="tracebacks",
    about="Whether the log in the report has tracebacks.",
    required=False,
    values=lambda: ("off", "on"),
    errors=(InvalidParameter,),
)
LAST_EVENT_ID = Parameter(
    name="Last-Event-ID",
    about="The id of the last event that was seen, to go on after it: a browser that reconnects sends it.",
    place="header",
    required=False,
    errors=(BadRequest,),
)
IF_NONE_MATCH = Parameter(
    name="If-None-Match",
    about="The ETag of the response that the client has: if that is current, the status is 304.",
    place="header",
    required=False,
    errors=(),
)
