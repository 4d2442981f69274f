"""The bodies of successful responses, before JSON encoding: one function per endpoint."""

from typing import Any

from attrs import asdict
from twisted.web.iweb import IRequest

from service.chains.lookup import UsersByName
from service.values import Arrival, Title, User
from service.web.exchanges import exchange_of
from service.web.problems import as_service_error, problem_document


def contacts_body(usernames: list[str]) -> dict[str, Any]:
    """Shape a contact list: ``{"contacts": ["karl", ...]}``."""
    return {"contacts": usernames}


def user_info_body(user: User) -> dict[str, Any]:
    """Shape a user record: ``{"username": "dustin", "name": "Dustin"}``."""
    return asdict(user)


def user_name_body(name: str) -> dict[str, Any]:
    """Shape a display name: ``{"name": "Dustin"}``."""
    return {"name": name}


def title_body(title: Title) -> dict[str, Any]:
    """Shape a page title: ``{"title": ..., "url": ..., "final_url": ..., "charset": ..., "truncated": ...}``."""
    return asdict(title, filter=lambda attribute, _: attribute.name != "fresh_for")


def users_body(users: UsersByName, request: IRequest) -> dict[str, Any]:
    """Shape a lookup: ``{"users": {"dustin": {...}, "jimbo": null}, "errors": {"jimbo": {problem document}}}``."""
    return {
        "users": {username: user and user_info_body(user) for username, user in users.items()},
        "errors": {
            username: problem_document(as_service_error(failure, request), exchange_of(request).id)
            for username, failure in users.failures.items()
        },
    }


def arrival_body(arrival: Arrival) -> dict[str, Any]:
    """Shape an arrival: ``{"filename": "report.csv", "arrived": true, "waited": 2.001}``, ``waited`` in seconds."""
    return {"filename": arrival.filename, "arrived": True, "waited": arrival.waited}


def readiness_body(backends: dict[str, str]) -> dict[str, Any]:
    """Shape the readiness report: ``{"status": "ok", "backends": {"database": "ok", "im": "down", ...}}``."""
    return {"status": "ok", "backends": backends}
