"""Chromium, driven as somebody would use it: without a screen, and with nothing left of it afterwards."""

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

#: Debian's names of the browser, and of what drives it.
PROGRAMS = ("chromium", "chromedriver")
PACKAGES = ("chromium", "chromium-driver")
#: It may run as root, and asks nobody elsewhere for anything.
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
#: Seconds after which the page will not do any more what it was to do.
PATIENCE = 30
WIDE, NARROW = (1600, 1000), (360, 740)


def start_chromium(profile: Path, programs: tuple[str, str] = PROGRAMS) -> Chrome:
    """Start the browser, on a profile of its own."""
    browser, program = map(shutil.which, programs)
    if browser is None or program is None:
        skip(f"there is no browser here: Debian's packages {' and '.join(PACKAGES)} have it")
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
    """One box of a picture: its column, its title, and its classes."""

    side: str
    title: str
    classes: frozenset[str]


@frozen
class Page:
    """The page, as a test sees it."""

    driver: Chrome
    url: str

    def open(self, view: str = "", size: tuple[int, int] = WIDE, **media: str) -> None:
        """Open it afresh in a window of a size, at a view, with media features such as ``prefers_color_scheme``."""
        width, height = size
        metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 500}
        features = [{"name": name.replace("_", "-"), "value": value} for name, value in media.items()]
        self.command("Emulation.setDeviceMetricsOverride", metrics)
        self.command("Emulation.setEmulatedMedia", {"features": features})
        self.driver.get("about:blank")
        self.driver.get(f"{self.url}#{view}")
        self.until(lambda: self.all("nav [aria-current]") or not self.find("#view-request").get_attribute("hidden"))

    def command(self, name: str, arguments: dict[str, Any]) -> Any:
        """Tell the browser something in its own protocol."""
        return self.driver.execute_cdp_cmd(name, arguments)

    def find(self, selector: str) -> WebElement:
        """Find an element, as soon as it is there."""
        found: WebElement = self.until(lambda: self.driver.find_element(By.CSS_SELECTOR, selector))
        return found

    def all(self, selector: str) -> list[WebElement]:
        """List the elements that are there."""
        return self.driver.find_elements(By.CSS_SELECTOR, selector)

    def until(self, found: Callable[[], Any]) -> Any:
        """Wait for something to be there."""
        return WebDriverWait(
            self.driver, PATIENCE, 0.05, [NoSuchElementException, StaleElementReferenceException]
        ).until(lambda _: found())

    def text(self, selector: str) -> str:
        """Read an element."""
        self.find(selector)
        return str(self.evaluate(f"document.querySelector({selector!r})?.textContent ?? ''"))

    def says(self, selector: str, words: str) -> None:
        """Wait until an element has words in it."""
        self.until(lambda: words in self.text(selector))

    def click(self, selector: str) -> None:
        """Click on an element."""
        self.find(selector).click()

    def write(self, selector: str, text: str) -> None:
        """Write into a field, in the place of what is there."""
        self.find(selector).send_keys(Keys.CONTROL, "a")
        self.find(selector).send_keys(text or Keys.DELETE)

    def choose(self, selector: str, value: str) -> None:
        """Choose an option."""
        self.click(f'{selector} option[value="{value}"]')

    def evaluate(self, expression: str) -> Any:
        """Take the value of an expression of JavaScript."""
        return self.driver.execute_script(f"return {expression.strip()}")

    def ask(self, value: str, status: str) -> None:
        """Send a request from the first view, and wait for its answer and its picture, played to the end."""
        self.write("#try-value", value)
        self.click("#try-send")
        self.says("#try-answer .status", status)
        request_id = self.text("#try-answer code[title]")
        self.until(lambda: request_id in str(self.find("#try-picture a").get_attribute("href")))
        self.click("#try-picture .last")

    def boxes(self, picture: str = "#try-picture", selector: str = ".grid > .box") -> list[Box]:
        """List the boxes of a picture, from the top down."""
        found = self.evaluate(
            f"[...document.querySelectorAll({picture + ' ' + selector!r})].map((box) => "
            "[[...box.classList], box.querySelector('.title')?.textContent ?? ''])"
        )
        return [
            Box("callback" if "callback" in classes else "errback", title, frozenset(classes))
            for classes, title in found
        ]

    def ran(self, picture: str = "#try-picture") -> list[tuple[str, str]]:
        """List what ran, by column and title."""
        return [(box.side, box.title) for box in self.boxes(picture) if "ran" in box.classes and box.title]

    def diagonals(self, picture: str = "#try-picture") -> list[str]:
        """List the arrows that change sides, by the side that they lead to."""
        return [box.side for box in self.boxes(picture, ".grid .arrow.diagonal")]

    def complaints(self) -> list[str]:
        """List what the browser's console says, but for the statuses of answers, which it notes of itself."""
        return [entry["message"] for entry in self.driver.get_log("browser") if entry["source"] != "network"]

    def barriers(self) -> list[str]:
        """List what axe finds that keeps people out."""
        return self.axe()[1]

    def axe(self) -> tuple[int, list[str]]:
        """Have axe look: how many of its rules are kept, and those that are not, with where."""
        axe = Axe(self.driver)
        axe.inject()
        found = axe.run()
        broken = [f"{one['id']}: {[node['html'] for node in one['nodes']]}" for one in found["violations"]]
        return len(found["passes"]), broken
