"""What travels along the chains: frozen, checked when made, the same for every backend."""

from typing import Any

from attrs import Attribute, field, frozen


def _some_text(_: object, attribute: "Attribute[Any]", value: object) -> None:
    """Let text pass; one function, since values are made by the dozen for a request."""
    if not isinstance(value, str):
        raise TypeError(f"{attribute.name} is no text: {value!r}")
    if not value:
        raise ValueError(f"{attribute.name} is empty")


@frozen
class User:
    """One person as the user database knows them: the name they log in with and the name they go by."""

    username: str = field(validator=_some_text)
    name: str = field(validator=_some_text)


@frozen
class Contact:
    """One entry of somebody's contact list at the instant-messaging service.

    ``name`` is what its owner calls the contact, None where that is unknown; ``groups`` are those it is sorted into.
    """

    username: str = field(validator=_some_text)
    name: str | None = field(default=None, kw_only=True)
    groups: tuple[str, ...] = field(default=(), kw_only=True)


@frozen
class Suggestion:
    """Something worth asking a backend for: a username, or the address of a page, and what happens then."""

    value: str
    about: str


@frozen(kw_only=True)
class Page:
    """A web page as it came over the wire, or as much of it as was wanted.

    ``content_type`` is the header's value, None where the server sent none; ``truncated`` says that the page
    may go on after ``body``, ``storable`` that its server lets it be remembered.
    """

    url: str
    final_url: str
    content_type: str | None
    body: bytes
    truncated: bool = False
    storable: bool = False


@frozen(kw_only=True)
class Title:
    """The title of a page: None where it has no title element, ``""`` where that is empty.

    ``charset`` is the WHATWG name of the encoding the page was read in; ``truncated`` says that a limit was
    reached before the title was settled; ``storable`` is that of the page.
    """

    title: str | None
    url: str
    final_url: str
    charset: str
    truncated: bool
    storable: bool = False


@frozen(kw_only=True)
class Arrival:
    """A file that is there; ``waited`` is how many seconds that took from when it was asked for."""

    filename: str
    waited: float
