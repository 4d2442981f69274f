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
_TALL, _PHONE = (1400, 1250), (NARROW[0], 1400)
#: The name of a screenshot, and its view.
VIEWS = {
    "try": "try",
    "hang": "try",
    "waiting": "waiting",
    "learn": "learn",
    "lesson": "learn/5",
    "mistake": "learn/mistakes/forgotten-return",
    "compare": "lessons/v4,v5/missing%20parameter",
    "live": "live",
    "api": "api/get_contacts",
}
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
    """Save screenshots of every view: on a desktop in light, and on a phone in dark colours."""
    for name, view in VIEWS.items():
        page.open(view, _TALL, **STILL)
        prepare(page, name)
        save(page, folder / f"{name}.png")
        page.open(view, _PHONE, prefers_color_scheme="dark", **STILL)
        prepare(page, name)
        save(page, folder / f"{name}-phone-dark.png")


def prepare(page: Page, name: str) -> None:
    """Bring a view into the state that is shown."""
    match name:
        case "try":
            page.ask("dustin~malformed", "502")
        case "hang":
            page.write("#try-value", "dustin~hang")
            page.click("#try-send")
            page.until(lambda: page.all("#try-picture .token.waits"))
        case "live":
            page.click("#lookup-start")
            page.says("#lookup-said", "Found")
            page.until(lambda: page.all("#live-picture .member"))
        case "waiting":
            page.until(lambda: page.all("#waiting-recent td"))
        case "compare":
            page.find('#lessons-cards[aria-busy="false"]')
        case "api":
            page.find("#api-get_contacts summary")
        case _:
            page.find('#learn-content[aria-busy="false"]')
    if name == "lesson":
        for _ in range(3):
            page.evaluate("document.querySelector('#learn-picture .forward').click()")
    page.evaluate("scrollTo(0, 0)")


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
    for view in ("learn", "learn/5", "learn/mistakes/pause", "try", "lessons", "live", "api", "waiting"):
        for size_of_window in (NARROW, WIDE):
            for scheme in ("light", "dark"):
                page.open(view, size_of_window, prefers_color_scheme=scheme, **STILL)
                if view == "lessons":
                    page.find('#lessons-cards[aria-busy="false"]')
                elif view.startswith("learn"):
                    page.find('#learn-content[aria-busy="false"]')
                kept, broken = page.axe()
                print(f"| {view} | {size_of_window[0]} | {scheme} | {kept} | {len(broken)} |")


main(Path(sys.argv[1]) if sys.argv[1:] else HERE)
