"""The values that chains pass on: immutable, validated on creation, and the same for every backend."""

from typing import Any

from attrs import Attribute, field, frozen


def _some_text(_: object, attribute: "Attribute[Any]", value: object) -> None:
    """Validate non-empty text; one function rather than two attrs validators, because a request creates many values."""
    if not isinstance(value, str):
        raise TypeError(f"{attribute.name} is not text: {value!r}")
    if not value:
        raise ValueError(f"{attribute.name} is empty")


@frozen
class User:
    """A record of the user database: the name that a user logs in with, and the display name."""

    username: str = field(validator=_some_text)
    name: str = field(validator=_some_text)


@frozen
class Contact:
    """An entry of a contact list at the instant-messaging service.

    ``name`` is the owner's name for the contact, None if unknown; ``groups`` are the roster groups that it is in.
    """

    username: str = field(validator=_some_text)
    name: str | None = field(default=None, kw_only=True)
    groups: tuple[str, ...] = field(default=(), kw_only=True)


@frozen
class Suggestion:
    """An example query for a backend: a username or the URL of a page, and what it shows."""

    value: str
    about: str


@frozen(kw_only=True)
class Page:
    """A web page as received, or as much of it as was needed.

    ``content_type`` is the header's value, None if the server sent none; ``truncated`` says that the page may
    continue after ``body``, ``broken`` that it ended early or was corrupt there, ``storable`` that its server allows
    caching.
    """

    url: str
    final_url: str
    content_type: str | None
    body: bytes
    truncated: bool = False
    broken: bool = False
    storable: bool = False


@frozen(kw_only=True)
class Title:
    """The title of a page: None without a title element, ``""`` if that element is empty.

    ``og_title`` and ``site_name`` are the Open Graph titles of the page and its site, None if it lacks them.
    ``charset`` is the WHATWG name of the encoding used to decode the page; ``truncated`` says that a limit was reached
    before all of these were final, or that the page ended early; ``fresh_for`` is the number of seconds for which it
    may be cached, 0 if its server forbids that.
    """

    title: str | None
    og_title: str | None = None
    site_name: str | None = None
    url: str
    final_url: str
    charset: str
    truncated: bool
    fresh_for: float = 0.0


@frozen(kw_only=True)
class Arrival:
    """A file that exists; ``waited`` is the number of seconds since the request for it."""

    filename: str
    waited: float
