"""Metrics: what is counted of requests, backends and the reactor, and how Prometheus gets it."""

import re

import pytest
from attrs import evolve
from prometheus_client.openmetrics.parser import text_string_to_metric_families as parse_open_metrics
from prometheus_client.parser import text_string_to_metric_families as parse_text
from twisted.internet.address import IPv4Address

from fakes.injector import FakeBugError
from service import xray
from tests.log import Log
from tests.web.memory import Web


@pytest.fixture
def web() -> Web:
    """The service, with metrics."""
    return Web(metrics="on")


def numbers_of(web: Web) -> dict[str, float]:
    """Return the numbers by name and labels, as they are written, without those of the process."""
    text = web.get("/metrics").text.decode()
    families = list(parse_text(text))
    assert all(family.documentation for family in families)
    lines = [line for line in text.splitlines() if line.startswith("ajax_contacts_")]
    return {name: float(value) for name, _, value in (line.rpartition(" ") for line in lines)}


def test_requests(web: Web) -> None:
    """Requests are counted and timed by route, method and status; what clients choose is no label."""
    for path in ("/contacts?username=dustin", "/contacts?username=karl", "/contacts", "/nope", "/nope2"):
        web.get(path)
    web.get("/contacts?username=dustin", method="HEAD")
    web.get("/problems/timeout")
    web.get("/contacts?username=dustin~slow=0.3", after=0.3)
    numbers = numbers_of(web)
    counted = {name: number for name, number in numbers.items() if name.startswith("ajax_contacts_requests_total")}
    assert counted == {
        'ajax_contacts_requests_total{method="GET",route="/contacts",status="200"}': 3,
        'ajax_contacts_requests_total{method="GET",route="/contacts",status="400"}': 1,
        'ajax_contacts_requests_total{method="GET",route="none",status="404"}': 2,
        'ajax_contacts_requests_total{method="HEAD",route="/contacts",status="200"}': 1,
        'ajax_contacts_requests_total{method="GET",route="/problems/<slug>",status="200"}': 1,
    }
    duration = 'ajax_contacts_request_duration_seconds_bucket{{le="{}",method="GET",route="/contacts",status="200"}}'
    assert [numbers[duration.format(bound)] for bound in ("0.25", "0.5", "+Inf")] == [2, 3, 3]
    total = numbers['ajax_contacts_request_duration_seconds_sum{method="GET",route="/contacts",status="200"}']
    assert total == pytest.approx(0.3)
    assert "dustin" not in web.get("/metrics").text.decode()


def test_what_is_refused_and_cancelled(web: Web) -> None:
    """Refusals are counted by code, and requests that are cancelled by reason."""
    crowded = Web(metrics="on", in_flight=1)
    crowded.raw(b"nonsense\r\n\r\n")
    timed_out = crowded.send("/contacts?username=dustin~hang")
    crowded.get("/contacts?username=dustin")
    crowded.advance(5)
    assert crowded.answer(timed_out).status == 504
    gone = crowded.open()
    gone.protocol.dataReceived(b"GET /contacts?username=dustin~hang HTTP/1.1\r\nHost: localhost\r\n\r\n")
    gone.loseConnection()
    waiting = crowded.send("/contacts?username=dustin~hang")
    crowded.in_flight.cancel_all()
    crowded.advance(0)
    assert crowded.answer(waiting).status == 503
    numbers = numbers_of(crowded)
    assert numbers['ajax_contacts_refusals_total{code="malformed_request_line"}'] == 1
    assert numbers['ajax_contacts_refusals_total{code="overloaded"}'] == 1
    for reason in ("timeout", "client_gone", "draining"):
        assert numbers[f'ajax_contacts_cancelled_total{{reason="{reason}"}}'] == 1


def test_backends(web: Web, log: Log) -> None:
    """Operations of backends are counted and timed by their outcome."""
    for name in ("dustin", "jimbo", "dustin~down", "dustin~raise", "dustin~hang"):
        web.get(f"/contacts?username={name}", after=6)
    web.get("/readyz")
    web.get("/user-name?username=karl")
    web.get("/page-title?url=http://buildbot.net")
    web.get("/page-title?url=http://buildbot.net")
    web.get("/page-title?url=http://buildbot.net/~malformed")
    log.flush(FakeBugError)
    numbers = numbers_of(web)

    def count(backend: str, operation: str, outcome: str) -> float:
        labels = f'backend="{backend}",operation="{operation}",outcome="{outcome}"'
        return numbers[f"ajax_contacts_backend_duration_seconds_count{{{labels}}}"]

    for outcome in ("ok", "no_such_user", "backend_error", "bug", "cancelled"):
        assert count("im", "get_contact_list", outcome) == 1
    assert count("database", "get_user", "ok") == count("im", "ping", "ok") == 1
    assert count("pages", "fetch", "ok") == 2
    assert numbers["ajax_contacts_page_bytes_total"] == 55
    assert numbers["ajax_contacts_title_cache_hits_total"] == 1


def test_what_goes_up_and_down(web: Web) -> None:
    """Requests in progress, streams, connections and pending Deferreds are counted at the time of the question."""
    hanging = web.send("/contacts?username=dustin~hang")
    stream = web.open()
    stream.protocol.dataReceived(b"GET /countdown?n=9 HTTP/1.1\r\nHost: localhost\r\n\r\n")
    numbers = numbers_of(web)
    assert numbers["ajax_contacts_requests_in_flight"] == 3  # this one, too
    assert numbers["ajax_contacts_streams"] == 1
    assert numbers["ajax_contacts_connections"] == 3
    stream.loseConnection()
    web.advance(5)
    assert web.answer(hanging).status == 504


def test_queues() -> None:
    """Where a backend has a queue, its length is counted."""
    web = Web(metrics="on", im="ejabberd+http://127.0.0.1:1/api?domain=example.org&token_file=/nowhere")
    lengths = [(name, number) for name, number in numbers_of(web).items() if "queue_length" in name]
    assert lengths == [('ajax_contacts_queue_length{backend="im"}', 0)]


def test_the_reactor(web: Web) -> None:
    """The lag of the reactor and its stalls are counted."""
    assert web.stalls is not None
    web.stalls.beat()
    web.stalls.count += 2
    numbers = numbers_of(web)
    assert numbers["ajax_contacts_reactor_lag_seconds_count"] == 1
    assert numbers["ajax_contacts_reactor_stalls_total"] == 2
    web.stalls.stop()


def test_deferreds() -> None:
    """Where X-ray is on, the Deferreds that have not fired are counted."""
    with xray.watching():
        web = Web(metrics="on", xray="on")
        hanging = web.send("/contacts?username=dustin~hang")
        assert numbers_of(web)["ajax_contacts_deferreds_pending"] > 0
        web.advance(5)
        assert web.answer(hanging).status == 504


def test_the_process(web: Web) -> None:
    """The process and the garbage collector are described as Prometheus has it."""
    names = {family.name for family in parse_text(web.get("/metrics").text.decode())}
    assert {"process_resident_memory_bytes", "process_open_fds", "python_gc_collections", "python_info"} <= names


@pytest.mark.parametrize(
    ("accept", "content_type"),
    [
        (None, "text/plain; version=0.0.4; charset=utf-8"),
        ("text/html", "text/plain; version=0.0.4; charset=utf-8"),
        ("application/openmetrics-text; version=1.0.0", "application/openmetrics-text; version=1.0.0"),
    ],
)
def test_formats(web: Web, accept: str | None, content_type: str) -> None:
    """The format is what the client accepts."""
    answer = web.get("/metrics", headers={} if accept is None else {"Accept": accept})
    assert (answer.header("Content-Type") or "").startswith(content_type)
    text = answer.text.decode()
    assert list((parse_open_metrics if "openmetrics" in content_type else parse_text)(text))


@pytest.mark.parametrize(
    "headers",
    [
        *({"Host": "example.org"}, {"Host": "contacts"}, {"Origin": "http://localhost:3000"}, {"Origin": "null"}),
        *({"X-Forwarded-For": "192.0.2.1"}, {"Forwarded": "for=192.0.2.1"}),
    ],
)
def test_who_may_not_ask(web: Web, headers: dict[str, str]) -> None:
    """Metrics are for this machine, not for pages of other origins, nor for those who come through a proxy on it."""
    answer = web.get("/metrics", headers=headers)
    assert (answer.status, answer.json["code"]) == (403, "not_local")
    assert "Access-Control" not in str(answer.headers)


def test_where_they_are_off() -> None:
    """Without metrics nothing is there, and nothing is counted."""
    web = Web()
    assert web.get("/metrics").status == 404
    assert web.in_flight.metrics is None


def test_all_names_are_prefixed(web: Web) -> None:
    """Names of the service begin with its own."""
    text = web.get("/metrics").text.decode()
    names = set(re.findall(r"^# HELP (\S+)", text, re.MULTILINE))
    assert all(name.startswith(("ajax_contacts_", "python_", "process_")) for name in names)


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"Host": "192.0.2.1:9090"}, 200),
        ({"Host": "[2001:db8::1]:9090"}, 200),
        ({"Host": "ajax-contacts:9090"}, 200),
        ({"Host": "evil.example:9090"}, 403),
        ({"Origin": "http://evil.example"}, 403),
    ],
)
def test_the_admin_endpoint(headers: dict[str, str], status: int) -> None:
    """At the admin endpoint anyone may ask, by an address or a name that nobody can own; pages of others may not."""
    web = Web(metrics="on")
    web.endpoint.factory.handle = evolve(web.admission, at_admin=True).handle
    assert web.get("/metrics", headers=headers).status == status
    assert web.get("/livez", headers=headers).status == 200


def test_another_machine(web: Web) -> None:
    """At the main endpoint another machine may not ask, whatever it says."""
    transport = web.open()
    transport.peerAddr = IPv4Address("TCP", "192.0.2.9", 1)
    transport.protocol.dataReceived(b"GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n")
    assert transport.value().startswith(b"HTTP/1.1 403 ")
    transport.loseConnection()
