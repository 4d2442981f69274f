"""Pages of other origins: what they may ask for, send and read, in a real browser."""

import json
import subprocess
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest

from tests.browser.chrome import Page
from tests.client import PATIENCE
from tests.service_process import Service

FOLDER = Path(__file__).parent / "origin"


class Quiet(SimpleHTTPRequestHandler):
    """A server of files that logs nothing."""

    def log_message(self, *_: object) -> None:
        """See ``BaseHTTPRequestHandler``."""


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    """The port at which another server, which is not the service, serves the example page."""
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(FOLDER))) as server:
        threading.Thread(target=server.serve_forever).start()
        yield server.server_port
        server.shutdown()


@pytest.fixture(scope="module")
def strict(port: int) -> Iterator[Service]:
    """A service for pages of one other origin, with room for one request at a time."""
    origin = f"http://localhost:{port}"
    service = Service("--allow-origin", origin, "--in-flight", "1", "--deadline", "120", log=subprocess.DEVNULL)
    yield service
    service.process.terminate()
    service.stop()


def open_page(page: Page, service: Service, origin: str) -> Page:
    """Open the example page of an origin, for a service."""
    other = Page(page.driver, f"{origin}/?service={service.url.rstrip('/')}")
    other.driver.get(other.url)
    return other


#: Sends a request; returns what the page can see of the response, or the name of the error.
FETCH = """
(async (url, options) => {
  try {
    const response = await fetch(url, options);
    const names = ["X-Request-Id", "Retry-After", "ETag", "Content-Type", "Date"];
    const headers = Object.fromEntries(names.map((name) => [name, response.headers.get(name)]));
    return { status: response.status, headers, body: await response.text() };
  } catch (error) {
    return { error: error.name };
  }
})
"""


def fetch(page: Page, service: Service, path: str, **options: Any) -> Any:
    """Send a request from a page."""
    return page.evaluate(f"({FETCH.strip()})({json.dumps(service.url.rstrip('/') + path)}, {json.dumps(options)})")


def was_refused(page: Page) -> bool:
    """Return whether the browser has refused to hand a response to the page; it is then forgotten."""
    complaints = page.complaints()
    return bool(complaints) and all("blocked by CORS policy" in one for one in complaints)


def test_the_example(page: Page, service: Service, port: int) -> None:
    """The example page shows contacts by name, turns a link into a title, and counts down."""
    chat = open_page(page, service, f"http://localhost:{port}")
    chat.until(lambda: [one.text for one in chat.all("#contacts li")] == ["Karl", "Amber", "Zoë Δ"])
    chat.until(lambda: chat.evaluate("document.getElementById('left').value") in "543210")
    chat.write("#say input", "hello")
    chat.click("#say button")
    chat.write("#say input", "http://buildbot.net")
    chat.click("#say button")
    chat.until(lambda: [one.text for one in chat.all("#messages li")] == ["hello", "Buildbot"])
    chat.write("#say input", "http://hudson.com")
    chat.click("#say button")
    chat.says("#messages", "http://hudson.com – the page's server answered with status 404 (")
    chat.until(lambda: chat.evaluate("document.getElementById('left').value") == "0")
    assert chat.barriers() == []


def test_an_error_in_the_example(page: Page, service: Service, port: int) -> None:
    """The example page shows the sentence of a problem document."""
    chat = open_page(page, service, f"http://localhost:{port}")
    chat.driver.get(f"{chat.url}&username=jimbo")
    chat.says("#contacts", "no such user: jimbo (")


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"])
def test_a_plain_request(page: Page, service: Service, port: int, host: str) -> None:
    """On fakes, a page that comes from this machine can read responses, problems and their headers."""
    chat = open_page(page, service, f"http://{host}:{port}")
    answer = fetch(chat, service, "/contacts?username=dustin")
    assert (answer["status"], json.loads(answer["body"])) == (200, {"contacts": ["karl", "amber", "zoë"]})
    problem = fetch(chat, service, "/contacts?username=jimbo")
    document = json.loads(problem["body"])
    assert (problem["status"], document["code"]) == (404, "no_such_user")
    assert problem["headers"]["X-Request-Id"] == document["request_id"]
    assert fetch(chat, service, "/openapi.json")["headers"]["ETag"].startswith('"')
    explained = json.loads(fetch(chat, service, document["type"])["body"])
    assert explained["code"] == "no_such_user"


@pytest.mark.parametrize(
    ("path", "status"), [("/contacts?username=dustin", 200), ("/nope", 404), (f"/livez?{'x' * 9000}", 414)]
)
def test_a_header_of_its_own(page: Page, service: Service, port: int, path: str, status: int) -> None:
    """A page can send headers of its own, and then read the response, even if there is nothing at the path."""
    chat = open_page(page, service, f"http://localhost:{port}")
    answer = fetch(chat, service, path, headers={"X-Mine": "1", "Authorization": "Bearer x", "traceparent": "00"})
    if status == 414:  # the preflight is refused as the request would be, and that is all that the browser tells
        assert answer == {"error": "TypeError"}
        assert was_refused(chat)
        answer = fetch(chat, service, path)
    assert answer["status"] == status


def test_credentials(page: Page, service: Service, strict: Service, port: int) -> None:
    """A page may send credentials if its origin is listed, and only then."""
    chat = open_page(page, service, f"http://localhost:{port}")
    assert fetch(chat, strict, "/livez", credentials="include", headers={"X-Mine": "1"})["status"] == 200
    assert fetch(chat, service, "/livez", credentials="include") == {"error": "TypeError"}
    assert was_refused(chat)


def test_who_is_not_listed(page: Page, service: Service, strict: Service, port: int) -> None:
    """A page whose origin is not listed can read nothing, and its preflights fail."""
    chat = open_page(page, service, f"http://127.0.0.1:{port}")
    assert fetch(chat, strict, "/livez") == fetch(chat, strict, "/livez", headers={"X-Mine": "1"})
    assert fetch(chat, strict, "/nope") == {"error": "TypeError"}
    assert was_refused(chat)


def test_the_xray(page: Page, service: Service, port: int) -> None:
    """No page of another origin can read the X-ray, or cancel a request with it."""
    chat = open_page(page, service, f"http://localhost:{port}")
    assert fetch(chat, service, "/xray") == {"error": "TypeError"}
    assert fetch(chat, service, "/xray/waiting/x", method="DELETE") == {"error": "TypeError"}
    assert was_refused(chat)


def test_a_service_that_is_busy(page: Page, strict: Service, port: int) -> None:
    """A page can read when to try again; and a request that it aborts is cancelled in the service."""
    chat = open_page(page, strict, f"http://localhost:{port}")
    chat.until(lambda: fetch(chat, strict, "/livez").get("status") == 200)
    chat.evaluate(
        "(window.leaving = new AbortController(), window.left = "
        f"fetch('{strict.url}contacts?username=dustin~hang', {{ signal: leaving.signal }})"
        ".catch((error) => error.name), null)"
    )
    busy = chat.until(lambda: (seen := fetch(chat, strict, "/user-name?username=karl"))["status"] == 503 and seen)
    assert busy["headers"]["Retry-After"] == "1"
    assert json.loads(busy["body"])["code"] == "overloaded"
    chat.evaluate("(leaving.abort(), null)")
    assert chat.evaluate("left") == "AbortError"
    chat.until(lambda: fetch(chat, strict, "/user-name?username=karl")["status"] == 200)
    with urlopen(f"{strict.url}xray", timeout=PATIENCE) as response:
        recent = json.load(response)["recent"]
    assert 499 in {one["status"] for one in recent}


def test_an_event_source(page: Page, service: Service, port: int) -> None:
    """A page can listen to a stream of events."""
    chat = open_page(page, service, f"http://localhost:{port}")
    script = f"""
    new Promise((resolve) => {{
      const seen = [];
      const events = new EventSource("{service.url}countdown?n=1");
      events.addEventListener("tick", ({{ data }}) => seen.push(JSON.parse(data).n));
      events.addEventListener("done", () => (events.close(), resolve(seen)));
      events.addEventListener("error", () => resolve("error"));
    }})
    """
    assert chat.evaluate(script) == [1, 0]
