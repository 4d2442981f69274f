"""``Server-Timing``: the chain behind a response, in the developer tools of a browser."""

import re
from collections.abc import Iterator

import pytest
from twisted.internet.defer import succeed

from service import xray
from service.web.server_timing import timing_of
from tests.web.memory import Web

ENTRY = re.compile(r"([!#$%&'*+.^_`|~0-9A-Za-z-]+);dur=([0-9]+\.[0-9]{3})")


@pytest.fixture
def web() -> Iterator[Web]:
    """The service, with X-ray on."""
    with xray.watching():
        yield Web(xray="on")


def steps_of(web: Web, path: str, **headers: str) -> list[str] | None:
    """Send a request; return the names in the header, None without one."""
    value = web.get(path, headers={name.replace("_", "-"): text for name, text in headers.items()}).header(
        "Server-Timing"
    )
    if value is None:
        return None
    entries = [ENTRY.fullmatch(entry) for entry in value.split(", ")]
    return [entry[1] for entry in entries if entry]


def test_the_steps(web: Web) -> None:
    """Each step that has run is an entry, in order, with its duration."""
    steps = steps_of(web, "/contacts?username=dustin") or []
    assert steps[:2] == ["username_asked_for", "Contacts.get_contacts"]
    assert steps[-2:] == ["contacts_body", "as_json"]
    failed = steps_of(web, "/contacts") or []
    assert (failed[0], failed[-1]) == ("username_asked_for", "as_problem")
    assert "contacts_body" not in failed


def test_durations(web: Web) -> None:
    """A duration is in milliseconds, and includes that of what a step waits for."""
    value = web.get("/contacts?username=dustin").header("Server-Timing") or ""
    assert sum(float(duration) for _, duration in ENTRY.findall(value)) > 0


@pytest.mark.usefixtures("web")
def test_at_most_sixteen() -> None:
    """The header has at most 16 entries, whose names are tokens."""
    d = succeed(0)
    for _ in range(40):
        d.addCallback(lambda n: n + 1)
    traces = xray.RecentTraces()
    traces.remember("mine", d)
    entries = timing_of(traces.durations("mine")).split(", ")
    assert len(entries) == 16
    assert all(ENTRY.fullmatch(entry) for entry in entries)
    assert "lambda" in entries[0]


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Sec_Fetch_Site": "same-origin"},
        {"Sec_Fetch_Site": "none"},
        {"Origin": "http://localhost"},
    ],
)
def test_who_is_told(web: Web, headers: dict[str, str]) -> None:
    """Pages of the service are told, and clients that are no browser."""
    assert steps_of(web, "/contacts?username=dustin", **headers)


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://localhost:3000"},
        {"Origin": "null"},
        {"Sec_Fetch_Site": "same-site"},
        {"Sec_Fetch_Site": "cross-site"},
        {"Host": "rebound.example"},
    ],
)
def test_who_is_not_told(web: Web, headers: dict[str, str]) -> None:
    """Pages of other origins are not told, whatever the address that they ask at."""
    assert steps_of(web, "/contacts?username=dustin", **headers) is None


@pytest.mark.parametrize("path", ["/", "/livez", "/xray", "/suggestions"])
def test_what_has_no_chain(web: Web, path: str) -> None:
    """A response without a chain that is recorded has no such header; nor has one of which no step has ended."""
    assert steps_of(web, path) is None


def test_a_stream(web: Web) -> None:
    """A stream, whose headers are sent before its chain ends, has no such header."""
    received = web.raw(b"GET /countdown?n=0 HTTP/1.1\r\nHost: localhost\r\n\r\n")
    assert b"event: done" in received
    assert b"Server-Timing" not in received


def test_where_xray_is_off() -> None:
    """Without X-ray nothing is told."""
    assert steps_of(Web(), "/contacts?username=dustin") is None
