"""The description of the API, held against the service: whatever it promises is seen, and nothing else."""

import json
from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator
from twisted.internet.task import Clock

from fakes.injector import FakeBugError
from service.web.auth.permissions import EVERYBODY
from service.web.openapi.document import describe_api
from tests.log import Log
from tests.web.auth.issuer import Issuer, token
from tests.web.memory import Web
from tests.web.sse import events_of
from tests.wire.wires import Answer, Wire

#: Paths that are no part of the API: the page, and those that are for this machine only.
OTHERS = {
    *("/", "/console/<name>"),
    *("/xray", "/xray/<request_id>", "/xray/waiting/<request_id>", "/metrics"),
    *("/clock", "/clock/advance", "/requests", "/arrivals"),
}


@cache
def description() -> dict[str, Any]:
    """Return the description."""
    return dict(Web().get("/openapi.json").json)


def resolved(part: Any) -> Any:
    """Return a part of the description in place of a reference to it."""
    if isinstance(part, dict) and "$ref" in part:
        found: Any = description()
        for name in part["$ref"].removeprefix("#/").split("/"):
            found = found[name]
        return found
    return part


def operations() -> dict[str, Any]:
    """Return the operations by path."""
    return {path: methods["get"] for path, methods in description()["paths"].items()}


def statuses() -> list[tuple[str, int]]:
    """List each status of each operation."""
    return [(path, int(status)) for path, operation in operations().items() for status in operation["responses"]]


def test_it_is_valid() -> None:
    """It is valid by the specification."""
    OpenAPIV31SpecValidator(description()).validate()


def test_it_is_complete() -> None:
    """It has every route but those that are no part of the API."""
    routes = {
        rule.rule
        for one in Web(xray="on", metrics="on", clock="manual").admission.dispatcher.routes
        for rule in one.app.url_map.iter_rules()
    }
    assert {route.replace("<", "{").replace(">", "}") for route in routes - OTHERS} == set(operations())
    assert routes > OTHERS


def test_every_operation_is_explained() -> None:
    """Each operation has a summary and an id of its own; so has each parameter a description."""
    described = operations().values()
    assert all(operation["summary"].endswith(".") for operation in described)
    assert len({operation["operationId"] for operation in described}) == len(described)
    assert all(parameter["description"] for operation in described for parameter in operation["parameters"])


#: Path -> the query or the rest of the path of a request that succeeds.
GOOD = {
    "/contacts": "?username=dustin",
    "/user-info": "?username=dustin",
    "/user-name": "?username=dustin",
    "/users": "?username=dustin&username=jimbo",
    "/page-title": "?url=http://buildbot.net",
    "/countdown": "?n=0",
    "/wait-for-file": "?filename=report.csv",
    "/lessons/contacts/{variant}": "/lessons/contacts/v1?username=dustin",
    "/lessons/contacts/{variant}/grid": "/lessons/contacts/v5/grid?username=dustin",
    "/lessons/{slug}": "/lessons/forgotten-return",
    "/lessons/tables/{table}/{row}": "/lessons/tables/methods/1",
    "/problems/{slug}": "/problems/timeout",
}
#: Status -> the query of a request that gets it, by path.
BAD: dict[int, dict[str, str]] = {
    400: {
        **dict.fromkeys(("/contacts", "/user-info", "/user-name"), "?username="),
        "/users": "",
        "/page-title": "?url=x",
        "/countdown": "?n=x",
        "/wait-for-file": "?filename=/",
        "/lessons/contacts/{variant}": "/lessons/contacts/v1?tracebacks=x",
    },
    404: {
        **dict.fromkeys(("/contacts", "/user-info"), "?username=jimbo"),
        "/lessons/contacts/{variant}": "/lessons/contacts/v9",
        "/lessons/contacts/{variant}/grid": "/lessons/contacts/v9/grid",
        "/lessons/{slug}": "/lessons/nope",
        "/lessons/tables/{table}/{row}": "/lessons/tables/methods/99",
        "/problems/{slug}": "/problems/nope",
    },
    422: {"/page-title": "?url=http://hudson.com"},
    429: {
        **dict.fromkeys(("/contacts", "/user-info", "/user-name"), "?username=dustin~limited=2"),
        "/page-title": "?url=http://buildbot.net/~limited",
    },
    500: {
        **dict.fromkeys(("/contacts", "/user-info", "/user-name"), "?username=dustin~raise"),
        "/page-title": "?url=http://buildbot.net/~raise",
    },
    502: {
        **dict.fromkeys(("/contacts", "/user-info", "/user-name"), "?username=dustin~down"),
        "/page-title": "?url=http://buildbot.net/~down",
    },
    504: {
        **dict.fromkeys(("/contacts", "/user-info", "/user-name"), "?username=dustin~hang"),
        "/page-title": "?url=http://buildbot.net/~hang",
        "/wait-for-file": "?filename=nope",
    },
}

#: Status -> what makes the HTTP server refuse a request: the end of its request line, and the rest of it.
REFUSED: dict[int, tuple[bytes, bytes]] = {
    400: (b" HTTP/1.1", b"\r\n"),
    408: (b" HTTP/1.1", b"Host: localhost\r\n"),
    413: (b" HTTP/1.1", b"Host: localhost\r\nContent-Length: 9999999\r\n\r\n"),
    414: (b"?" + b"x" * 9000 + b" HTTP/1.1", b"Host: localhost\r\n\r\n"),
    417: (b" HTTP/1.1", b"Host: localhost\r\nExpect: tea\r\n\r\n"),
    431: (b" HTTP/1.1", b"Host: localhost\r\nX: " + b"x" * 40_000 + b"\r\n\r\n"),
    501: (b" HTTP/1.1", b"Host: localhost\r\nTransfer-Encoding: gzip, chunked\r\n\r\n"),
    505: (b" HTTP/2.0", b"Host: localhost\r\n\r\n"),
}
HEADERS = {
    403: b"Authorization: Bearer %b\r\n" % token(sub="karl").encode(),
    204: b"Last-Event-ID: done\r\n",
    304: b"If-None-Match: *\r\n",
}
#: Seconds after which every deadline has passed.
LONG = 31


def see(path: str, status: int, folder: Path) -> Answer:
    """Make a service send a response with this status for an operation."""
    if status == 503:
        return see_no_room(path)
    clock = Clock()
    permissions = Issuer().permissions(clock) if status == 401 or (path, status) == ("/contacts", 403) else EVERYBODY
    web = Web(folder, permissions, pages="http:" if status == 403 else "fake:")
    wire = Wire(web.connections)
    target = target_of(path, status)
    if (status in REFUSED and status != 400) or target is None:
        line, rest = REFUSED[status]
        wire.send(b"GET %b%b\r\n%b" % (path.split("{", maxsplit=1)[0].encode(), line, rest))
    else:
        wire.send(b"GET %b HTTP/1.1\r\nHost: localhost\r\n%b\r\n" % (target.encode(), HEADERS.get(status, b"")))
    for _ in range(LONG):
        web.clock.pump([0.5, 0.5])
    [answer] = wire.answers()
    return answer


def target_of(path: str, status: int) -> str | None:
    """Return the target of a request that gets this status; None if only the HTTP server has it."""
    if (path, status) == ("/page-title", 403):
        return f"{path}?url=http://10.0.0.1"
    if status in BAD:
        asked = BAD[status].get(path)
        if asked is None:
            return None
    else:
        asked = GOOD.get(path, "")
    return asked if asked.startswith("/") else path + asked


def see_no_room(path: str) -> Answer:
    """Make a service send a 503 for an operation: it has no room, is stopping, or is sent too much at once."""
    web = Web(in_flight=1, streams=1)
    wires = [Wire(web.connections) for _ in range(3)]
    wires[0].send(b"GET /contacts?username=dustin~hang HTTP/1.1\r\nHost: localhost\r\n\r\n")
    wires[1].send(b"GET /countdown?n=3600 HTTP/1.1\r\nHost: localhost\r\n\r\n")
    web.in_flight.draining = path == "/readyz"
    request = b"GET %b HTTP/1.1\r\nHost: localhost\r\n" % (target_of(path, 200) or "").encode()
    if path == "/livez":
        wires[0].send((request + b"\r\n") * 2000 + request)
        web.clock.pump([5.0, *[0.0] * 2000])
        return wires[0].answers()[-1]
    wires[2].send(request + b"\r\n")
    [answer] = wires[2].answers()
    return answer


@cache
def strict_components() -> dict[str, Any]:
    """Return the components of the description, without room for members that it does not name."""
    components: dict[str, Any] = deepcopy(description()["components"])
    for name, schema in components["schemas"].items():
        if name != "OpenAPI":
            schema["unevaluatedProperties"] = False
    return components


def check(schema: dict[str, Any], value: Any) -> None:
    """Check a value against a schema of the description."""
    Draft202012Validator({**schema, "components": strict_components()}).validate(value)


@pytest.mark.parametrize(("path", "status"), statuses(), ids=str)
def test_every_status_is_seen(path: str, status: int, tmp_path: Path, log: Log) -> None:
    """Each status of each operation is that of a real response, whose headers and body are as described."""
    (tmp_path / "report.csv").touch()
    described = resolved(operations()[path]["responses"][str(status)])
    answer = see(path, status, tmp_path)
    log.flush(FakeBugError)
    assert answer.status == status
    for name, reference in described["headers"].items():
        header, value = resolved(reference), answer.header(name)
        assert value is not None
        check(header["schema"], int(value) if header["schema"]["type"] == "integer" else value)
    content = described.get("content", {})
    assert [answer.header("Content-Type") or ""] == (list(content) or [""])
    for media, shape in content.items():
        if media != "text/event-stream":
            check(shape["schema"], answer.json)
            continue
        events = events_of(answer.body)
        assert [event["event"] for event in events] == ["tick", "done"]
        for event in events:
            check(shape["x-events"][event["event"]], json.loads(event["data"]))


@pytest.mark.parametrize(("reserved", "valid"), [("~", False), ("", True)])
def test_reserved_characters(web: Web, reserved: str, valid: bool) -> None:
    """Where a backend reserves a character, as fakes do, a username that contains it is not described as valid."""
    described = describe_api(web.admission.dispatcher.routes[:1], reserved)
    [parameter] = described["paths"]["/contacts"]["get"]["parameters"]
    validator = Draft202012Validator(parameter["schema"])
    assert validator.is_valid("dustin")
    assert validator.is_valid("dustin~down") is valid
    assert (described["paths"]["/contacts"] == description()["paths"]["/contacts"]) is not valid
