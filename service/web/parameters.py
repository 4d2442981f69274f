"""What a query parameter may be: every one is asked for by name, and refused by name."""

import re
import unicodedata

from hyperlink import URL, URLParseError
from twisted.web.iweb import IRequest

from service.errors import InvalidParameter, MissingParameter, RepeatedParameter

#: Characters in a username, in an address.
MAX_USERNAME = 255
MAX_URL = 2048
#: Usernames in one request.
MAX_USERNAMES = 100
MAX_PORT = 65535

_HOST = re.compile(r"[A-Za-z0-9._-]+")


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
    try:
        url = URL.from_text(text).normalize().to_uri()
        url.host.encode("idna")  # no empty or over-long labels, and no IPv6 literals
    except (ValueError, URLParseError) as error:
        raise InvalidParameter("url", "is no address of a web page") from error
    if url.scheme not in ("http", "https"):
        raise InvalidParameter("url", "does not begin with http:// or https://")
    if not _HOST.fullmatch(url.host) or url.userinfo or not 0 < (url.port or 0) <= MAX_PORT:
        raise InvalidParameter("url", "is no address of a web page")
    return text


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
    if any(unicodedata.category(character) == "Cc" for character in text):
        raise InvalidParameter(name, "has control characters")
    return text
