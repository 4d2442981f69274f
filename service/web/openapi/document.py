"""The description of the API, made from the routes and from what their endpoints declare."""

import re
from collections.abc import Iterable, Iterator, Mapping
from importlib.metadata import version
from inspect import getdoc
from typing import Any

from attrs import define, field
from werkzeug.routing import Rule

from service.errors import Overloaded
from service.web.dispatcher import Routes
from service.web.openapi.operations import Operation, operation_of
from service.web.openapi.schemas import Schemas
from service.web.parameters import USERNAME, Parameter
from service.web.paths import HEALTH
from service.web.problem_types import PROBLEM_TYPES
from service.web.problems import Problem
from service.web.replies import EVENT_STREAM, JSON, PROBLEM_JSON
from service.wire.errors import STATUS

_ABOUT = (
    "Contacts, user info and page titles as JSON. Every path takes HEAD wherever it takes GET, and OPTIONS. An error "
    "is a problem document (RFC 9457); /problems explains each. Pages of the origins that the operator allows may read "
    "every response (CORS), with the headers X-Request-Id, Retry-After and ETag."
)
_HEADERS = {
    "X-Request-Id": {
        "description": "Identifies the request in the log of the service.",
        "required": True,
        "schema": {"type": "string", "pattern": "^[0-9a-f]{32}$"},
    },
    "Retry-After": {
        "description": "The number of seconds to wait before trying again.",
        "schema": {"type": "integer", "minimum": 0},
    },
    "Cache-Control": {
        "description": "For how long the response may be kept.",
        "required": True,
        "schema": {"type": "string"},
    },
    "ETag": {
        "description": "Changes with the response.",
        "required": True,
        "schema": {"type": "string"},
    },
}
_NO_CONTENT, _NOT_MODIFIED = "204", "304"
#: Statuses of problems that say when to try again.
_LATER = (429, 503)


def describe_api(all_routes: Iterable[Routes], reserved: str) -> dict[str, Any]:
    """Describe all endpoints that declare what they take and return.

    :param reserved: the characters that the backends reserve in usernames.
    :return: an OpenAPI document, version 3.1.
    """
    description = _Description(reserved)
    paths = dict(description.paths(all_routes))
    description.schemas.schema_of(Problem)
    return {
        "openapi": "3.1.1",
        "info": {"title": "ajax-contacts", "version": version("ajax-contacts"), "description": _ABOUT},
        "servers": [{"url": "/"}],
        "paths": paths,
        "components": {
            "schemas": description.schemas.named,
            "responses": description.responses,
            "headers": _HEADERS,
        },
    }


def refer(kind: str, name: str) -> dict[str, str]:
    """Refer to a component."""
    return {"$ref": f"#/components/{kind}/{name}"}


@define
class _Description:
    """The parts of the document that its paths refer to."""

    reserved: str
    schemas: Schemas = field(factory=Schemas)
    #: Responses that are the same for all operations, by their only code.
    responses: dict[str, Any] = field(factory=dict)

    def paths(self, all_routes: Iterable[Routes]) -> Iterator[tuple[str, Any]]:
        """Yield the paths of the API, with what is at each."""
        for routes in all_routes:
            for rule in routes.app.url_map.iter_rules():
                endpoint = getattr(routes, rule.endpoint)
                operation = operation_of(endpoint)
                if operation is not None:
                    yield re.sub("<(.*?)>", r"{\1}", rule.rule), {"get": self.operation(rule, endpoint, operation)}

    def operation(self, rule: Rule, endpoint: Any, operation: Operation) -> dict[str, Any]:
        """Describe an operation: the docstring of its endpoint, parameters, and a response for each status."""
        summary, _, more = (getdoc(endpoint) or "").replace("``", "`").partition("\n\n")
        described: dict[str, Any] = {
            "operationId": rule.endpoint.removeprefix("ajax_"),
            "summary": " ".join(summary.split()),
            "description": " ".join(more.split()),
            "parameters": [self.parameter(parameter) for parameter in operation.parameters],
            "responses": {"200": self.success(operation)},
        }
        if operation.tagged:
            described["responses"][_NOT_MODIFIED] = self.empty("The client has this response already.", "ETag")
        if operation.empty:
            described["responses"][_NO_CONTENT] = self.empty(operation.empty)
        for status, codes in by_status(codes_of(rule, operation)):
            described["responses"][str(status)] = self.failure(status, codes)
        return described

    def parameter(self, parameter: Parameter) -> dict[str, Any]:
        """Describe a parameter."""
        schema = parameter.schema()
        if self.reserved and parameter is USERNAME:
            schema["not"] = {"pattern": f"[{re.escape(self.reserved)}]"}
        described: dict[str, Any] = {
            "name": parameter.name,
            "in": parameter.place,
            "required": parameter.required,
            "description": parameter.about,
            "schema": schema,
        }
        if parameter.example is not None:
            described["example"] = [parameter.example] if "items" in schema else parameter.example
        return described

    def success(self, operation: Operation) -> dict[str, Any]:
        """Describe the response with status 200."""
        headers = ["X-Request-Id", "Cache-Control", *(["ETag"] if operation.tagged else [])]
        response = {"headers": {name: refer("headers", name) for name in headers}}
        if isinstance(operation.body, Mapping):
            events = {name: self.schemas.schema_of(shape) for name, shape in operation.body.items()}
            about = f"Server-sent events of the types {', '.join(events)}; the data of each is JSON."
            content = {EVENT_STREAM.decode(): {"schema": {"type": "string"}, "x-events": events}}
        else:
            about = operation.body.__doc__ or ""
            content = {JSON.decode(): {"schema": self.schemas.schema_of(operation.body)}}
        return {"description": about, **response, "content": content}

    def empty(self, about: str, *headers: str) -> dict[str, Any]:
        """Describe a response without a body."""
        return {
            "description": about,
            "headers": {name: refer("headers", name) for name in ("X-Request-Id", *headers)},
        }

    def failure(self, status: int, codes: list[str]) -> dict[str, Any]:
        """Describe the problems with one status; those of the HTTP server are the same for all operations."""
        if len(codes) > 1 or codes[0] not in STATUS:
            return self.problem(status, codes)
        if codes[0] not in self.responses:
            self.responses[codes[0]] = self.problem(status, codes)
        return refer("responses", codes[0])

    def problem(self, status: int, codes: list[str]) -> dict[str, Any]:
        """Describe a problem document that has one of these codes."""
        headers = ["X-Request-Id", *(["Retry-After"] if status in _LATER else [])]
        members = {"status": {"const": status}, "code": {"enum": codes}}
        schema = {"allOf": [self.schemas.schema_of(Problem), {"properties": members}]}
        return {
            "description": "\n".join(f"- `{code}`: {PROBLEM_TYPES[code].meaning}" for code in codes),
            "headers": {name: refer("headers", name) for name in headers},
            "content": {PROBLEM_JSON.decode(): {"schema": schema}},
        }


def codes_of(rule: Rule, operation: Operation) -> Iterator[str]:
    """List the codes of all problems that an operation can have, those of the HTTP server included."""
    limits = () if rule.rule.encode() in HEALTH else (Overloaded,)
    wrong = (error for parameter in operation.parameters for error in parameter.errors)
    yield from (error.code for error in (*wrong, *operation.errors, *limits))
    yield from STATUS


def by_status(codes: Iterable[str]) -> list[tuple[int, list[str]]]:
    """Group codes by their status, each code once."""
    grouped: dict[int, list[str]] = {}
    for code in dict.fromkeys(codes):
        grouped.setdefault(PROBLEM_TYPES[code].status, []).append(code)
    return sorted(grouped.items())
