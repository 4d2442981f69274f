"""What a query parameter may be: every one is asked for by name, and refused by name."""

import re
import unicodedata

from twisted.web.iweb import IRequest

from service.errors import InvalidParameter, MissingParameter, RepeatedParameter
from service.urls import MAX_URL, WebAddress

#: Characters in a username.
MAX_USERNAME = 255
#: Usernames in one request.
MAX_USERNAMES = 100
#: Seconds in a countdown, bytes in the name of a file.
MAX_COUNT = 3600
MAX_FILENAME = 255

_DIGITS = re.compile(r"[0-9]+")


def username_asked_for(request: IRequest) -> str:
    """Take ``username`` out of a request.

    :raise BadRequest: if it is missing, repeated, blank, over-long, not UTF-8, or has control characters.
    """
    return _one(request, "username", MAX_USERNAME)


def usernames_asked_for(request: IRequest) -> list[str]:
    """Take every ``username`` out of a request, in order: 1 to 100 of them.

    :raise BadRequest: if there is none, if there are too many, or if any could not stand alone.
    """
    values = _all(request, "username")
    if len(values) > MAX_USERNAMES:
        raise InvalidParameter("username", f"is given {len(values)} times, and may be given {MAX_USERNAMES}")
    return [_checked("username", value, MAX_USERNAME) for value in values]


def url_asked_for(request: IRequest) -> str:
    """Take ``url`` out of a request: an http or https URL with a host, and without a username or password.

    :raise BadRequest: if it is missing, repeated, blank, over-long, not UTF-8, or no such URL.
    """
    text = _one(request, "url", MAX_URL)
    WebAddress.parse(text)
    return text


def filename_asked_for(request: IRequest) -> str:
    """Take ``filename`` out of a request: one path component, and none that is hidden.

    :raise BadRequest: if it is missing, repeated, blank, over-long, not UTF-8, or no such name.
    """
    name = _one(request, "filename", MAX_FILENAME)
    if "/" in name:
        raise InvalidParameter("filename", "has a slash in it: it is one name, and no path")
    if name.startswith("."):
        raise InvalidParameter("filename", "begins with a dot: hidden files are not waited for")
    if len(name.encode()) > MAX_FILENAME:
        raise InvalidParameter("filename", f"is longer than {MAX_FILENAME} bytes")
    return name


def count_asked_for(request: IRequest) -> int:
    """Take ``n`` out of a request: a whole number from 0 to 3600.

    :raise BadRequest: if it is missing, repeated, or no such number.
    """
    text = _one(request, "n", MAX_URL)
    if not _DIGITS.fullmatch(text) or int(text) > MAX_COUNT:
        raise InvalidParameter("n", f"is not a whole number from 0 to {MAX_COUNT}")
    return int(text)


def _all(request: IRequest, name: str) -> list[bytes]:
    values: list[bytes] = request.args.get(name.encode(), [])
    if not values:
        raise MissingParameter(name)
    return values


def _one(request: IRequest, name: str, most: int) -> str:
    values = _all(request, name)
    if len(values) > 1:
        raise RepeatedParameter(name)
    return _checked(name, values[0], most)


def _checked(name: str, value: bytes, most: int) -> str:
    try:
        text = value.decode()
    except UnicodeDecodeError as error:
        raise InvalidParameter(name, "is not UTF-8") from error
    if not text.strip():
        raise InvalidParameter(name, "is blank")
    if len(text) > most:
        raise InvalidParameter(name, f"is longer than {most} characters")
    if not text.isprintable() and any(unicodedata.category(character) == "Cc" for character in text):
        raise InvalidParameter(name, "has control characters")
    return text
