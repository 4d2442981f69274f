"""Headless Chromium with a temporary profile, driven as a user would."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from attrs import frozen
from selenium import webdriver
from selenium.common.exceptions import NoSuchElementException, StaleElementReferenceException
from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.wait import WebDriverWait
from selenium_axe_python.axe import Axe

from tests.servers.programs import skip

#: Debian's names of the browser and its driver.
PROGRAMS = ("chromium", "chromedriver")
PACKAGES = ("chromium", "chromium-driver")
#: Flags that allow it to run as root, and keep it from making requests of its own.
_FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
    "--disable-dev-shm-usage",
)
#: Seconds to wait for the page before a test fails.
PATIENCE = 30
WIDE, NARROW = (1600, 1000), (360, 740)


def start_chromium(profile: Path, programs: tuple[str, str] = PROGRAMS) -> Chrome:
    """Start the browser on a profile; skip the test if it is not installed."""
    browser, program = map(shutil.which, programs)
    if browser is None or program is None:
        skip(f"no browser found: install Debian's packages {' and '.join(PACKAGES)}")
    options = webdriver.ChromeOptions()
    options.binary_location = browser
    for flag in (*_FLAGS, f"--user-data-dir={profile}"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = Chrome(options=options, service=webdriver.ChromeService(program))
    driver.set_page_load_timeout(PATIENCE)
    return driver


@frozen
class Box:
    """One box of a picture: its column, title and classes."""

    side: str
    title: str
    classes: frozenset[str]


@frozen
class Page:
    """The page under test."""

    driver: Chrome
    url: str

    def open(self, view: str = "", size: tuple[int, int] = WIDE, **media: str) -> None:
        """Load the page at a view, with a window size and media features such as ``prefers_color_scheme``."""
        width, height = size
        metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 500}
        features = [{"name": name.replace("_", "-"), "value": value} for name, value in media.items()]
        self.command("Emulation.setDeviceMetricsOverride", metrics)
        self.command("Emulation.setEmulatedMedia", {"features": features})
        self.driver.get("about:blank")
        self.driver.get(f"{self.url}#{view}")
        self.until(lambda: self.all("nav [aria-current]") or not self.find("#view-request").get_attribute("hidden"))

    def command(self, name: str, arguments: dict[str, Any]) -> Any:
        """Send the browser a command of the Chrome DevTools Protocol."""
        return self.driver.execute_cdp_cmd(name, arguments)

    def find(self, selector: str) -> WebElement:
        """Wait for an element and return it."""
        found: WebElement = self.until(lambda: self.driver.find_element(By.CSS_SELECTOR, selector))
        return found

    def all(self, selector: str) -> list[WebElement]:
        """List the elements that match now."""
        return self.driver.find_elements(By.CSS_SELECTOR, selector)

    def until(self, found: Callable[[], Any]) -> Any:
        """Wait until ``found`` returns something true, and return that."""
        return WebDriverWait(
            self.driver, PATIENCE, 0.05, [NoSuchElementException, StaleElementReferenceException]
        ).until(lambda _: found())

    def text(self, selector: str) -> str:
        """Return the text of an element."""
        self.find(selector)
        return str(self.evaluate(f"document.querySelector({selector!r})?.textContent ?? ''"))

    def says(self, selector: str, words: str) -> None:
        """Wait until an element contains the words."""
        self.until(lambda: words in self.text(selector))

    def click(self, selector: str) -> None:
        """Click on an element."""
        self.find(selector).click()

    def write(self, selector: str, text: str) -> None:
        """Replace the text of a field."""
        self.find(selector).send_keys(Keys.CONTROL, "a")
        self.find(selector).send_keys(text or Keys.DELETE)

    def choose(self, selector: str, value: str) -> None:
        """Choose an option."""
        self.click(f'{selector} option[value="{value}"]')

    def evaluate(self, expression: str) -> Any:
        """Return the value of a JavaScript expression."""
        return self.driver.execute_script(f"return {expression.strip()}")

    def ask(self, value: str, status: str) -> None:
        """Send a request from the first view, wait for its response and picture, and play that to the end."""
        self.write("#try-value", value)
        self.click("#try-send")
        self.says("#try-answer .status", status)
        request_id = self.text("#try-answer code[title]")
        self.until(lambda: request_id in str(self.find("#try-picture a").get_attribute("href")))
        self.click("#try-picture .last")

    def boxes(self, picture: str = "#try-picture", selector: str = ".grid > .box") -> list[Box]:
        """List the boxes of a picture, from top to bottom."""
        found = self.evaluate(
            f"[...document.querySelectorAll({picture + ' ' + selector!r})].map((box) => "
            "[[...box.classList], box.querySelector('.title')?.textContent ?? ''])"
        )
        return [
            Box("callback" if "callback" in classes else "errback", title, frozenset(classes))
            for classes, title in found
        ]

    def ran(self, picture: str = "#try-picture") -> list[tuple[str, str]]:
        """List the boxes that ran, by column and title."""
        return [(box.side, box.title) for box in self.boxes(picture) if "ran" in box.classes and box.title]

    def diagonals(self, picture: str = "#try-picture") -> list[str]:
        """List the arrows that change sides, by the side they lead to."""
        return [box.side for box in self.boxes(picture, ".grid .arrow.diagonal")]

    def complaints(self) -> list[str]:
        """List the messages in the browser's console, except those about response statuses."""
        return [entry["message"] for entry in self.driver.get_log("browser") if entry["source"] != "network"]

    def barriers(self) -> list[str]:
        """List the accessibility violations that axe finds."""
        return self.axe()[1]

    def axe(self) -> tuple[int, list[str]]:
        """Run axe; return how many rules passed, and each violated one with its elements."""
        axe = Axe(self.driver)
        axe.inject()
        found = axe.run()
        broken = [f"{one['id']}: {[node['html'] for node in one['nodes']]}" for one in found["violations"]]
        return len(found["passes"]), broken
