"""The clock in the page, and faults of the connection as a browser sees them."""

import subprocess
from collections.abc import Iterator

import pytest

from tests.browser.chrome import Page
from tests.service_process import Service


@pytest.fixture(scope="module")
def standing() -> Iterator[Service]:
    """A service whose clock is manual."""
    service = Service("--clock", "manual", log=subprocess.DEVNULL)
    yield service
    service.process.terminate()
    service.stop()


@pytest.fixture
def clock_page(browser_page: Page, standing: Service) -> Page:
    """The page of that service."""
    page = Page(browser_page.driver, standing.url)
    page.open(prefers_reduced_motion="reduce")
    return page


def test_moving_the_clock(clock_page: Page) -> None:
    """A deadline passes when a button moves the clock; then the clock can be let run."""
    page = clock_page
    page.says("#clock-now", "0 s")
    page.write("#try-value", "dustin~hang")
    page.click("#try-send")
    page.click('#clock button[value="30"]')
    page.says("#try-answer .status", "504")
    page.says("#clock-now", "30.0 s")
    page.click("#clock-run")
    page.until(lambda: page.text("#clock-now") not in ("", "30.0 s"))
    assert not page.find("#clock-run").is_displayed()


def test_no_clock(page: Page) -> None:
    """Where time runs by itself, there is nothing to move it with."""
    assert not page.find("#clock").is_displayed()


@pytest.mark.parametrize(
    ("fault", "says"),
    [
        ("html", "The response is 502 text/html, and not JSON."),
        ("reset", "The connection broke in the middle of a response with status 200."),
        ("truncated", "The connection broke in the middle of a response with status 200."),
        ("overloaded", "503"),
        ("limited=2", "429"),
        ("unauthorised", "401"),
        ("drip=100", "200"),
    ],
)
def test_faults(page: Page, fault: str, says: str) -> None:
    """The page says what has happened to the response."""
    page.write("#try-value", f"dustin~{fault}")
    page.click("#try-send")
    page.says("#try-answer", says)
    page.complaints()
