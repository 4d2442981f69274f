"""Query parameters: parsing and validation, with errors that name the parameter."""

import math
import re
import unicodedata

from twisted.web.iweb import IRequest

from service.errors import InvalidParameter, MissingParameter, RepeatedParameter
from service.urls import MAX_URL, WebAddress
from service.web.parameters import (
    COUNT,
    FILENAME,
    IN_FLIGHT,
    SECONDS,
    URL,
    USERNAME,
    USERNAMES,
    Number,
    Parameter,
    Text,
)

_DIGITS = re.compile(r"[0-9]+")
#: The longest time by which a clock advances at once, in seconds.
DAY = 86_400


def username_asked_for(request: IRequest) -> str:
    """Parse the ``username`` parameter of a request.

    :raise BadRequest: if it is missing, repeated, blank, too long, not UTF-8, or has control characters.
    """
    return _one(request, USERNAME)


def usernames_asked_for(request: IRequest) -> list[str]:
    """Parse every ``username`` parameter of a request, in order: 1 to 100 of them.

    :raise BadRequest: if it is missing, given more than 100 times, or if any of its values is invalid.
    """
    values = _all(request, USERNAMES)
    if len(values) > USERNAMES.times:
        raise InvalidParameter("username", f"is given {len(values)} times; at most {USERNAMES.times} are accepted")
    return [_checked(USERNAMES, value) for value in values]


def url_asked_for(request: IRequest) -> str:
    """Parse the ``url`` parameter of a request: an http or https URL without credentials, as browsers read it.

    :raise BadRequest: if it is missing, repeated, blank, too long, not UTF-8, or not such a URL.
    """
    text = _text(URL.name, _only(request, URL), URL.most)  # the URL standard has a meaning for control characters
    WebAddress.parse(text)
    return text


def filename_asked_for(request: IRequest) -> str:
    """Parse the ``filename`` parameter of a request: a plain file name that is not hidden.

    :raise BadRequest: if it is missing, repeated, blank, too long, not UTF-8, or not such a name.
    """
    name = _one(request, FILENAME)
    if "/" in name:
        raise InvalidParameter("filename", "must be a plain name, without slashes")
    if name.startswith("."):
        raise InvalidParameter("filename", "must not begin with a dot: hidden files are not watched")
    if len(name.encode()) > FILENAME.most:
        raise InvalidParameter("filename", f"is longer than {FILENAME.most} bytes")
    return name


def count_asked_for(request: IRequest) -> int:
    """Parse the ``n`` parameter of a request: a whole number from 0 to 3600.

    :raise BadRequest: if it is missing, repeated, or not such a number.
    """
    return _whole_number(request, COUNT)


def seconds_asked_for(request: IRequest) -> float:
    """Parse the ``seconds`` parameter of a request: a number from 0 to 86,400.

    :raise BadRequest: if it is missing, repeated, or not such a number.
    """
    try:
        seconds = float(_text(SECONDS.name, _only(request, SECONDS), MAX_URL))
    except ValueError:
        seconds = math.nan
    if not 0 <= seconds <= DAY:
        raise InvalidParameter(SECONDS.name, f"must be a number from 0 to {DAY}")
    return seconds


def in_flight_asked_for(request: IRequest) -> int | None:
    """Parse the ``in_flight`` parameter of a request: a whole number from 0 to 1000; None without it.

    :raise BadRequest: if it is repeated, or not such a number.
    """
    return _whole_number(request, IN_FLIGHT) if IN_FLIGHT.name.encode() in request.args else None


def tracebacks_asked_for(request: IRequest) -> bool:
    """Parse the ``tracebacks`` parameter of a request: on or off, which is the default.

    :raise InvalidParameter: if it is neither on nor off.
    """
    values = request.args.get(b"tracebacks", [b"off"])
    if values not in ([b"on"], [b"off"]):
        raise InvalidParameter("tracebacks", "must be on or off")
    return bool(values == [b"on"])


def _whole_number(request: IRequest, parameter: Number) -> int:
    text = _text(parameter.name, _only(request, parameter), MAX_URL)
    if not _DIGITS.fullmatch(text) or int(text) > parameter.most:
        raise InvalidParameter(parameter.name, f"must be a whole number from 0 to {parameter.most}")
    return int(text)


def _all(request: IRequest, parameter: Parameter) -> list[bytes]:
    values: list[bytes] = request.args.get(parameter.name.encode(), [])
    if not values:
        raise MissingParameter(parameter.name)
    return values


def _only(request: IRequest, parameter: Parameter) -> bytes:
    values = request.args.get(parameter.name.encode(), ())
    if len(values) != 1:
        raise RepeatedParameter(parameter.name) if values else MissingParameter(parameter.name)
    return bytes(values[0])


def _one(request: IRequest, parameter: Text) -> str:
    return _checked(parameter, _only(request, parameter))


def _checked(parameter: Text, value: bytes) -> str:
    text = _text(parameter.name, value, parameter.most)
    if not text.isprintable() and any(unicodedata.category(character) == "Cc" for character in text):
        raise InvalidParameter(parameter.name, "must not contain control characters")
    return text


def _text(name: str, value: bytes, most: int) -> str:
    try:
        text = value.decode()
    except UnicodeDecodeError as error:
        raise InvalidParameter(name, "is not UTF-8") from error
    if not text.strip():
        raise InvalidParameter(name, "is blank")
    if len(text) > most:
        raise InvalidParameter(name, f"is longer than {most} characters")
    return text
