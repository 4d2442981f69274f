"""The bodies of successful responses, before JSON encoding: a shape and a function for each endpoint.

``/openapi.json`` describes the shapes: a docstring and the second part of ``Annotated`` are for readers of that.
"""

from typing import Annotated, Literal, TypedDict

from twisted.web.iweb import IRequest

from service.chains.lookup import UsersByName
from service.values import Arrival, Suggestion, Title, User
from service.web.exchanges import exchange_of
from service.web.problems import Problem, as_service_error, problem_document


class ContactsBody(TypedDict):
    """The contact list of a user."""

    contacts: Annotated[list[str], "usernames, in the order of the IM service"]


class UserInfoBody(TypedDict):
    """The record of a user."""

    username: str
    name: Annotated[str, "the display name"]


class UserNameBody(TypedDict):
    """The display name of a user."""

    name: Annotated[str, '"(unknown)" for an unknown user']


class UsersBody(TypedDict):
    """Several users, and why some were not found."""

    users: Annotated[dict[str, UserInfoBody | None], "each username that was asked for"]
    errors: Annotated[dict[str, Problem], "the usernames that are null among the users"]


class PageTitleBody(TypedDict):
    """The title of a page."""

    title: Annotated[str | None, "null without a title element"]
    og_title: Annotated[str | None, "the Open Graph title of the page"]
    site_name: Annotated[str | None, "the Open Graph name of the site"]
    url: Annotated[str, "the URL that was asked for"]
    final_url: Annotated[str, "where redirects have led"]
    charset: Annotated[str, "the encoding of the page"]
    truncated: Annotated[bool, "whether not all of the page was read that could have changed this"]


class ArrivalBody(TypedDict):
    """A file that has arrived."""

    filename: str
    arrived: Literal[True]
    waited: Annotated[float, "seconds since the request"]


class LivenessBody(TypedDict):
    """That the process is alive."""

    status: Literal["ok"]


class ReadinessBody(TypedDict):
    """That the service is ready, and the state of each backend."""

    status: Literal["ok"]
    backends: Annotated[dict[str, str], '"ok", or what is wrong with it']


class SuggestionBody(TypedDict):
    """An input to try."""

    value: str
    about: Annotated[str, "what it shows"]


class FeaturesBody(TypedDict):
    """What the page can do here."""

    xray: Annotated[bool, "whether X-ray is on"]
    tokens: Annotated[bool, "whether callers are known by a token"]
    clock: Annotated[bool, "whether tests move the time, at /clock"]
    files: Annotated[bool, "whether the page can make files in the watched folder, at /arrivals"]


class SuggestionsBody(FeaturesBody):
    """Inputs to try."""

    usernames: list[SuggestionBody]
    urls: list[SuggestionBody]


def contacts_body(usernames: list[str]) -> ContactsBody:
    """Shape a contact list."""
    return {"contacts": usernames}


def user_info_body(user: User) -> UserInfoBody:
    """Shape a user record."""
    return {"username": user.username, "name": user.name}


def user_name_body(name: str) -> UserNameBody:
    """Shape a display name."""
    return {"name": name}


def title_body(title: Title) -> PageTitleBody:
    """Shape a page title."""
    return {
        "title": title.title,
        "og_title": title.og_title,
        "site_name": title.site_name,
        "url": title.url,
        "final_url": title.final_url,
        "charset": title.charset,
        "truncated": title.truncated,
    }


def users_body(users: UsersByName, request: IRequest) -> UsersBody:
    """Shape a lookup of several users."""
    exchange = exchange_of(request)
    return {
        "users": {username: None if user is None else user_info_body(user) for username, user in users.items()},
        "errors": {
            username: problem_document(as_service_error(failure, request), exchange.id, exchange.trace_id)
            for username, failure in users.failures.items()
        },
    }


def arrival_body(arrival: Arrival) -> ArrivalBody:
    """Shape an arrival."""
    return {"filename": arrival.filename, "arrived": True, "waited": arrival.waited}


def readiness_body(backends: dict[str, str]) -> ReadinessBody:
    """Shape the readiness report."""
    return {"status": "ok", "backends": backends}


def suggestions_body(usernames: list[Suggestion], urls: list[Suggestion], features: FeaturesBody) -> SuggestionsBody:
    """Shape the suggestions."""
    return {
        "usernames": list(map(suggestion_body, usernames)),
        "urls": list(map(suggestion_body, urls)),
        **features,
    }


def suggestion_body(suggestion: Suggestion) -> SuggestionBody:
    """Shape a suggestion."""
    return {"value": suggestion.value, "about": suggestion.about}
