"""Query parameters: parsing and validation, with errors that name the parameter."""

import re
import unicodedata

from twisted.web.iweb import IRequest

from service.errors import InvalidParameter, MissingParameter, RepeatedParameter
from service.urls import MAX_URL, WebAddress

#: Maximum length of a username, in characters.
MAX_USERNAME = 255
#: Maximum number of usernames in one request.
MAX_USERNAMES = 100
#: Maximum seconds of a countdown, and bytes in a file name.
MAX_COUNT = 3600
MAX_FILENAME = 255

_DIGITS = re.compile(r"[0-9]+")


def username_asked_for(request: IRequest) -> str:
    """Parse the ``username`` parameter of a request.

    :raise BadRequest: if it is missing, repeated, blank, too long, not UTF-8, or has control characters.
    """
    return _one(request, "username", MAX_USERNAME)


def usernames_asked_for(request: IRequest) -> list[str]:
    """Parse every ``username`` parameter of a request, in order: 1 to 100 of them.

    :raise BadRequest: if it is missing, given more than 100 times, or if any of its values is invalid.
    """
    values = _all(request, "username")
    if len(values) > MAX_USERNAMES:
        raise InvalidParameter("username", f"is given {len(values)} times; at most {MAX_USERNAMES} are accepted")
    return [_checked("username", value, MAX_USERNAME) for value in values]


def url_asked_for(request: IRequest) -> str:
    """Parse the ``url`` parameter of a request: an http or https URL without credentials, as browsers read it.

    :raise BadRequest: if it is missing, repeated, blank, too long, not UTF-8, or not such a URL.
    """
    text = _text("url", _only(request, "url"), MAX_URL)  # the URL standard has a meaning for control characters
    WebAddress.parse(text)
    return text


def filename_asked_for(request: IRequest) -> str:
    """Parse the ``filename`` parameter of a request: a plain file name that is not hidden.

    :raise BadRequest: if it is missing, repeated, blank, too long, not UTF-8, or not such a name.
    """
    name = _one(request, "filename", MAX_FILENAME)
    if "/" in name:
        raise InvalidParameter("filename", "must be a plain name, without slashes")
    if name.startswith("."):
        raise InvalidParameter("filename", "must not begin with a dot: hidden files are not watched")
    if len(name.encode()) > MAX_FILENAME:
        raise InvalidParameter("filename", f"is longer than {MAX_FILENAME} bytes")
    return name


def count_asked_for(request: IRequest) -> int:
    """Parse the ``n`` parameter of a request: a whole number from 0 to 3600.

    :raise BadRequest: if it is missing, repeated, or not such a number.
    """
    text = _one(request, "n", MAX_URL)
    if not _DIGITS.fullmatch(text) or int(text) > MAX_COUNT:
        raise InvalidParameter("n", f"must be a whole number from 0 to {MAX_COUNT}")
    return int(text)


def _all(request: IRequest, name: str) -> list[bytes]:
    values: list[bytes] = request.args.get(name.encode(), [])
    if not values:
        raise MissingParameter(name)
    return values


def _only(request: IRequest, name: str) -> bytes:
    values = request.args.get(name.encode(), ())
    if len(values) != 1:
        raise RepeatedParameter(name) if values else MissingParameter(name)
    return bytes(values[0])


def _one(request: IRequest, name: str, most: int) -> str:
    return _checked(name, _only(request, name), most)


def _checked(name: str, value: bytes, most: int) -> str:
    text = _text(name, value, most)
    if not text.isprintable() and any(unicodedata.category(character) == "Cc" for character in text):
        raise InvalidParameter(name, "must not contain control characters")
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
