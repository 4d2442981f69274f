"""The Compose file with real servers, replicas and a proxy."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from fakes.people import KNOWN_PEOPLE
from service.backends.ejabberd.address import API
from service.backends.postgresql.address import connection_arguments
from service.command.users_file import read_users
from service.values import User
from service.web.problem_types import PROBLEM_TYPES

DOCKER = Path(__file__).parents[2] / "docker"
COMPOSE: dict[str, Any] = yaml.safe_load((DOCKER / "compose.yaml").read_text())
SERVICES: dict[str, Any] = COMPOSE["services"]


@pytest.mark.parametrize("name", SERVICES)
def test_what_a_container_may(name: str) -> None:
    """Every container has a read-only root, no privileges, and limits on memory and processes."""
    service = SERVICES[name]
    assert service["read_only"]
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["mem_limit"]
    assert service["pids_limit"]


def test_ports() -> None:
    """Only the proxy publishes a port, and only to this machine."""
    published = {name: service["ports"] for name, service in SERVICES.items() if "ports" in service}
    assert published == {"proxy": ["127.0.0.1:8080:8080"]}


def test_secrets() -> None:
    """The environment of a container does not contain a password or token."""
    for service in SERVICES.values():
        environment = json.dumps(service.get("environment", {}))
        assert not re.search(r"PASSWORD\"|//[^/@\"]*:[^/@\"]*@|[?&]token=", environment)


def test_the_urls(monkeypatch: pytest.MonkeyPatch) -> None:
    """The service accepts the URLs of the backends."""
    monkeypatch.setattr(Path, "read_text", lambda *_, **__: "secret")
    environment = SERVICES["ajax-contacts"]["environment"]
    assert connection_arguments(environment["AJAX_CONTACTS_DATABASE"])["password"]() == "secret"
    assert API.from_url(environment["AJAX_CONTACTS_IM"]).domain == "example.org"


def test_the_people() -> None:
    """The servers are set up with the same people as the fakes."""
    users, problems = read_users(DOCKER / "setup" / "users.csv")
    assert problems == []
    assert users == [User(username, person.name) for username, person in KNOWN_PEOPLE.by_username.items()]
    contacts = json.loads((DOCKER / "setup" / "contacts.json").read_text())
    assert contacts == {username: list(person.contacts) for username, person in KNOWN_PEOPLE.by_username.items()}


def test_the_errors_of_the_proxy() -> None:
    """The proxy's own error responses are problem documents with the HTTP status, of types that are explained."""
    errors = re.findall(
        r"http-error status (\d+) content-type (\S+) string '(.*)' hdr", (DOCKER / "haproxy.cfg").read_text()
    )
    assert {int(status) for status, _, _ in errors} == {400, 401, 408, 500, 502, 503, 504}
    for status, content_type, body in errors:
        assert content_type == "application/problem+json"
        document = json.loads(body)
        found = PROBLEM_TYPES[document["code"]]
        assert (document["status"], found.status) == (int(status), int(status))
        assert (document["type"], document["title"]) == (found.type, found.title)
        assert document.keys() == {"type", "title", "status", "code", "error"}
