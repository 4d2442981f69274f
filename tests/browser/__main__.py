"""Screenshots and measurements of the page: ``python -m tests.browser [FOLDER]``, by default ``screenshots`` here.

Prints, in Markdown, the first paint (milliseconds, cache disabled, median of 9 loads), the bytes of all files, and
how many axe rules each view passes and violates.
"""

import base64
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from service.web.console.assets import load_assets
from tests.browser.chrome import NARROW, WIDE, Page, start_chromium
from tests.service_process import Service

HERE = Path(__file__).parent / "screenshots"
LOADS = 9
_PAINT = "performance.getEntriesByName('first-contentful-paint')[0]?.startTime"
_TALL = (1400, 1250)
STILL = {"prefers_reduced_motion": "reduce"}


def main(folder: Path) -> None:
    """Start the service and the browser, take the screenshots and print the report."""
    folder.mkdir(exist_ok=True)
    service = Service(log=subprocess.DEVNULL)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        driver = start_chromium(Path(profile))
        page = Page(driver, service.url)
        take_pictures(page, folder)
        report(page)
        driver.quit()
    service.process.terminate()
    service.process.communicate()


def take_pictures(page: Page, folder: Path) -> None:
    """Save screenshots of every view."""
    page.open("try", _TALL, **STILL)
    page.ask("dustin~malformed", "502")
    page.evaluate("scrollTo(0, 0)")
    save(page, folder / "try.png")
    page.open("try", _TALL, **STILL)
    page.write("#try-value", "dustin~hang")
    page.click("#try-send")
    page.until(lambda: page.all("#try-picture .token.waits"))
    save(page, folder / "hang.png")
    page.open("waiting", (1400, 700), **STILL)
    page.until(lambda: page.all("#waiting-recent td"))
    save(page, folder / "waiting.png")
    page.open("lessons/all/unserialisable%20result", _TALL, **STILL)
    page.find('#lessons-cards[aria-busy="false"]')
    save(page, folder / "lessons.png")
    page.open("live", (1400, 1400), **STILL)
    page.click("#lookup-start")
    page.says("#lookup-said", "Found")
    page.until(lambda: page.all("#live-picture .member"))
    save(page, folder / "live.png")
    page.open("try", (NARROW[0], 1900), prefers_color_scheme="dark", **STILL)
    page.ask("jimbo", "404")
    page.evaluate("scrollTo(0, 0)")
    save(page, folder / "narrow-dark.png")


def save(page: Page, path: Path) -> None:
    """Save a screenshot of the window."""
    path.write_bytes(base64.b64decode(page.command("Page.captureScreenshot", {})["data"]))


def report(page: Page) -> None:
    """Print the first paint, the size of all files and the axe results."""
    page.command("Network.setCacheDisabled", {"cacheDisabled": True})
    paints = []
    for _ in range(LOADS):
        page.open()
        paints.append(page.until(lambda: page.evaluate(_PAINT)))
    size = sum(len(asset.body) for asset in load_assets().values())
    print(f"first paint: {statistics.median(paints):.0f} ms; {len(load_assets())} files, {size} bytes\n")
    print("| view | width | colours | axe rules passed | violated |\n|---|---|---|---|---|")
    for view in ("try", "lessons", "live", "api", "waiting"):
        for size_of_window in (NARROW, WIDE):
            for scheme in ("light", "dark"):
                page.open(view, size_of_window, prefers_color_scheme=scheme, **STILL)
                if view == "lessons":
                    page.find('#lessons-cards[aria-busy="false"]')
                kept, broken = page.axe()
                print(f"| {view} | {size_of_window[0]} | {scheme} | {kept} | {len(broken)} |")


main(Path(sys.argv[1]) if sys.argv[1:] else HERE)
