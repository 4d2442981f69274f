"""The API view: operations, their parameters, responses and examples, and problems."""

import json
import subprocess
from urllib.request import urlopen

import pytest

from tests.browser.chrome import Page
from tests.client import PATIENCE
from tests.service_process import Service


def texts(page: Page, selector: str) -> list[str]:
    """List the texts of elements, shown or not."""
    page.find(selector)
    return list(page.evaluate(f"[...document.querySelectorAll({selector!r})].map((one) => one.textContent)"))


def test_every_operation(page: Page, service: Service) -> None:
    """Every operation of the description is shown, with its parameters, and every code that it can have."""
    with urlopen(f"{service.url}openapi.json", timeout=PATIENCE) as response:
        paths = json.load(response)["paths"]
    page.open("api")
    titles = texts(page, "#api-operations summary > code")
    assert titles == [f"GET {path}" for path in paths]
    page.open("api/get_contacts")
    shown = page.text("#api-get_contacts")
    for words in ("username", "at most 255 characters", '{"contacts": [string, ...]}', "no_such_user", "overloaded"):
        assert words in shown
    page.open("api/count_down")
    shown = page.text("#api-count_down")
    for words in ("0 to 3600", "Last-Event-ID", 'event: tick\ndata: {"n": integer}', "new EventSource("):
        assert words in shown


def test_examples(page: Page, service: Service) -> None:
    """The examples are commands that work as they stand."""
    page.open("api/get_user_info")
    [command, script] = texts(page, "#api-get_user_info .snippet pre")
    assert command == f"curl '{service.url}user-info?username=dustin'"
    said = subprocess.run(["bash", "-c", command], capture_output=True, check=True, timeout=PATIENCE).stdout
    assert json.loads(said) == {"username": "dustin", "name": "Dustin"}
    assert page.evaluate(f"(async () => {{ {script}; return body; }})()") == json.loads(said)


def test_a_problem(page: Page) -> None:
    """A code leads to its problem: what it means, when it happens, and what to do."""
    page.open("api/get_contacts")
    page.click('#api-get_contacts a[href="#api/problem/no-such-user"]')
    page.until(lambda: page.find("#api-problem-no-such-user").get_attribute("open"))
    shown = page.text("#api-problem-no-such-user")
    for words in ("404 no_such_user", "No user has this username.", "When it happens.", "What to do."):
        assert words in shown


@pytest.mark.parametrize(
    ("operation", "ran"),
    [
        ("get_contacts", "contacts_body"),
        ("get_page_title", "title_body"),
        ("run_variant", "json_cb"),
    ],
)
def test_trying_it(page: Page, operation: str, ran: str) -> None:
    """An operation can be tried, which leads to the picture of its example."""
    page.open(f"api/{operation}")
    page.find(f"#api-{operation} summary")
    page.evaluate(f"document.querySelector('#api-{operation} a[href^=\"#try/\"]').click()")
    page.says("#try-answer .status", "200")
    page.until(lambda: ("callback", ran) in page.ran())


def test_a_link_to_a_request(page: Page) -> None:
    """A link can name an endpoint and a value, and one that names another endpoint still leads to the view."""
    page.open("try/user-name/karl")
    page.says("#try-answer", '"name": "Karl"')
    page.open("try/page-title/http%3A%2F%2Fbuildbot.net")
    page.says("#try-answer", '"title": "Buildbot"')
    page.open("try/nope")
    page.says("#try-path", "GET /contacts?username=dustin")
