"""Fixtures: the browser, and the service that it opens."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.browser.chrome import Page, start_chromium
from tests.service_process import Service


@pytest.fixture(scope="session")
def service() -> Iterator[Service]:
    """The service with its defaults (fakes, X-ray on), except for a deadline longer than a test."""
    service = Service("--deadline", "120", log=subprocess.DEVNULL)
    yield service
    service.process.terminate()
    service.stop()


@pytest.fixture(scope="session")
def browser_page(tmp_path_factory: pytest.TempPathFactory, service: Service) -> Iterator[Page]:
    """The page, in a browser that is started once per session."""
    driver = start_chromium(tmp_path_factory.mktemp("chromium"))
    yield Page(driver, service.url)
    driver.quit()


@pytest.fixture
def downloads(page: Page, tmp_path: Path) -> Path:
    """The folder for the browser's downloads."""
    page.command("Browser.setDownloadBehavior", {"behavior": "allow", "downloadPath": str(tmp_path)})
    return tmp_path


@pytest.fixture
def page(browser_page: Page) -> Iterator[Page]:
    """The freshly opened page; the test fails if the browser's console has messages at the end."""
    browser_page.open(prefers_reduced_motion="reduce")
    browser_page.complaints()
    yield browser_page
    assert browser_page.complaints() == []
