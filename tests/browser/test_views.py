"""The other views: lessons, live and waiting."""

import subprocess

import pytest

from tests.browser.chrome import NARROW, WIDE, Page
from tests.service_process import Service

VIEWS = [
    *("learn", "learn/5", "learn/8", "learn/12", "learn/mistakes", "learn/mistakes/pause", "learn/words"),
    *(
        "learn/exercises",
        "try",
        "lessons",
        "live",
        "api/get_contacts",
        "api/problem/timeout",
        "waiting",
        "request/0123",
    ),
]


def test_the_comparison(page: Page) -> None:
    """Two variants are side by side on an input where they differ: code, picture, and what the browser gets."""
    page.open("lessons")
    page.find('#lessons-cards[aria-busy="false"]')
    assert [card.get_attribute("aria-label") for card in page.all("#lessons-cards article")] == ["v4", "v5"]
    assert [kind.text for kind in page.all("#lessons-cards .kind")] == ["500 HTML", "200 error"]
    assert page.diagonals("#lesson-v5") == ["errback", "callback"]
    assert "def v5(im_service" in page.text("#lesson-v5 .code-panel")
    page.choose("#lessons-left", "v1")
    page.says("#lesson-v1", "it raised before it had made one")
    page.choose("#lessons-right", "product")
    page.says("#lesson-product .kind", "400 error")
    assert "def ajax_get_contacts(self" in page.text("#lesson-product .code-panel")
    page.choose("#lessons-input", "service hangs")
    page.says("#lesson-v1 .kind", "never")
    assert page.evaluate("location.hash") == "#lessons/v1,product/service%20hangs"
    page.click("#lesson-v1 .first")
    assert page.find("#lesson-v1 .moment").text.startswith("1 of ")


def test_the_comparison_on_a_phone(page: Page) -> None:
    """On a phone the table says that it scrolls, and a comparison is a few screens long."""
    page.open("lessons", NARROW)
    page.find('#lessons-cards[aria-busy="false"]')
    assert page.find("#lessons-scrolls").is_displayed()
    assert page.evaluate("document.documentElement.scrollHeight") < 6000
    page.open("lessons", WIDE)
    page.find('#lessons-cards[aria-busy="false"]')
    assert not page.find("#lessons-scrolls").is_displayed()


def test_the_matrix(page: Page) -> None:
    """The table has every variant for every input, and a cell leads to its picture."""
    page.open("lessons")
    assert len(page.until(lambda: page.all("#lessons-matrix td button"))) == 80
    page.click('#lessons-matrix [aria-label="v5, unserialisable result: 500 HTML"]')
    page.says("#lesson-v5 .kind", "500 HTML")
    page.until(lambda: ("callback", "json_cb") in page.ran("#lesson-v5"))
    assert ("errback", "json_eb") not in page.ran("#lesson-v5")
    assert page.evaluate("location.hash") == "#lessons/v5,product/unserialisable%20result"
    assert page.find("#lessons-input").get_property("value") == "unserialisable result"
    page.open("lessons/v5/unserialisable%20result")  # a link to one variant
    page.says("#lesson-v5 .kind", "500 HTML")
    cells = page.evaluate("[...document.querySelectorAll('#lessons-matrix td')].map((cell) => cell.textContent)")
    assert cells[8] == "200 error + log"  # as in the README of the lessons
    assert cells.count("never") == 7


def test_a_press_across_a_refresh(page: Page) -> None:
    """A button of the waiting list that is pressed when the list is refreshed, and released after it, works."""
    page.write("#try-value", "dustin~hang")
    page.click("#try-send")
    page.open("waiting")
    page.says("#waiting-requests", "GET /contacts?username=dustin~hang")
    age = page.text("#waiting-requests td:nth-child(2)")
    button = page.find("#waiting-requests button")
    place = button.rect
    mouse = {"x": place["x"] + 5, "y": place["y"] + 5, "button": "left", "clickCount": 1}
    page.command("Input.dispatchMouseEvent", {"type": "mousePressed", **mouse})
    page.until(lambda: page.text("#waiting-requests td:nth-child(2)") != age)
    page.command("Input.dispatchMouseEvent", {"type": "mouseReleased", **mouse})
    page.says("#waiting-requests", "No pending requests.")


def test_a_selection_across_a_refresh(page: Page) -> None:
    """Rows that are there already stay, so that what is selected in them stays selected."""
    page.open("waiting")
    page.find("#waiting-recent td")
    page.evaluate("void (window.row = document.querySelector('#waiting-recent tbody tr'))")
    age = page.text("#waiting-recent td:nth-child(2)")
    page.until(lambda: page.evaluate("window.row.cells[1].textContent") != age)
    assert page.evaluate("window.row.isConnected")


def test_the_waiting_list(page: Page) -> None:
    """A request started in one tab can be seen and stopped in another, and the first tab shows that."""
    page.write("#try-value", "dustin~hang")
    page.click("#try-send")
    [first] = page.driver.window_handles
    page.driver.switch_to.new_window("tab")
    page.open("waiting")
    page.says("#waiting-requests", "GET /contacts?username=dustin~hang")
    page.says("#waiting-requests", "respond")
    page.says("#waiting-count", "1")
    page.click("#waiting-requests button")
    assert page.evaluate("document.activeElement.id") == "waiting-requests"
    page.says("#waiting-requests", "No pending requests.")
    page.says("#waiting-recent", "GET /contacts?username=dustin~hang")
    page.driver.close()
    page.driver.switch_to.window(first)
    page.says("#try-answer .status", "503")
    page.says("#try-answer", "stopped_by_hand")
    page.click("#try-picture .last")
    assert "cancelled" in page.text("#try-picture .grid")
    assert ("errback", "as_problem") in page.ran()


def test_the_countdown(page: Page) -> None:
    """A countdown ticks on the page, is drawn while it waits, and can be cancelled."""
    page.open("live", prefers_reduced_motion="reduce")
    page.write("#countdown-n", "1")
    page.click("#countdown-start")
    page.says("#countdown-left", "0")
    page.says("#countdown-said", "Done")
    page.until(lambda: ("callback", "stream_countdown") in page.ran("#live-picture"))
    page.write("#countdown-n", "3600")
    page.click("#countdown-start")
    page.until(lambda: page.all("#live-picture .waits"))
    page.click("#countdown-stop")
    page.says("#countdown-said", "You cancelled")
    page.until(lambda: "cancelled" in page.text("#live-picture .grid"))


def test_waiting_for_a_file(page: Page, service: Service) -> None:
    """The Deferred fires when the file arrives, and an invalid name is refused with an explanation."""
    page.open("live", prefers_reduced_motion="reduce")
    page.click("#file-start")
    page.until(lambda: page.all("#live-picture .waits"))
    arrived = service.folder / "report.csv"
    arrived.write_text("here")
    page.says("#file-said", "report.csv arrived.")
    arrived.unlink()
    page.until(lambda: page.find("#file-start").is_enabled())
    page.write("#file-name", ".hidden")
    page.click("#file-start")
    page.says("#file-said", "must not begin with a dot")


def test_making_the_file(page: Page, service: Service) -> None:
    """The page can make the file that it waits for, which goes again."""
    page.open("live", prefers_reduced_motion="reduce")
    assert not page.find("#file-make").is_displayed()
    page.write("#file-name", "made.csv")
    page.click("#file-start")
    page.click("#file-make")
    page.says("#file-said", "made.csv arrived.")
    assert not page.find("#file-make").is_displayed()
    page.until(lambda: not (service.folder / "made.csv").exists())


def test_leaving_a_file(page: Page) -> None:
    """Waiting for a file can be cancelled."""
    page.open("live")
    page.click("#file-start")
    page.click("#file-stop")
    page.says("#file-said", "You cancelled")


def test_a_parallel_lookup(page: Page) -> None:
    """The members of a DeferredList are drawn side by side, with their outcomes and where they join."""
    page.open("live", prefers_reduced_motion="reduce")
    page.write("#lookup-names", "dustin jimbo karl~slow=0.1 amber~down")
    page.click("#lookup-start")
    page.says("#lookup-said", "Found: Dustin, Karl.")
    page.says("#lookup-said", "jimbo (no_such_user), amber~down (backend_error)")
    page.until(lambda: len(page.all("#live-picture .member")) == 4)
    ends = [box.side for box in page.boxes("#live-picture", ".grid > .member")]
    assert ends == ["callback", "errback", "callback", "errback"]
    assert "4 members join here" in page.text("#live-picture .grid")
    page.says("#live-picture .moment", "the browser gets 200")


def test_a_bad_countdown(page: Page) -> None:
    """A number from which no countdown can start is refused with an explanation."""
    page.open("live")
    page.evaluate("document.getElementById('countdown-form').noValidate = true")
    page.write("#countdown-n", "4000")
    page.click("#countdown-start")
    page.says("#countdown-said", "must be a whole number from 0 to 3600")


def test_where_nothing_is_watched(page: Page) -> None:
    """With X-ray off, the page says so and still shows responses and the lessons' pictures."""
    service = Service("--xray", "off")
    page.driver.get(service.url)
    page.says("#notice", "X-ray is off here")
    page.write("#try-value", "dustin")
    page.click("#try-send")
    page.says("#try-answer .status", "200")
    page.says("#try-picture", "X-ray is off")
    assert "to see its path" not in page.text("#view-try")
    page.evaluate("void (location.hash = 'live')")
    page.until(lambda: page.find("#view-live").is_displayed())
    assert not page.find("#live-picture").is_displayed()
    page.evaluate("void (location.hash = 'waiting')")
    page.says("#waiting-lead", "X-ray is off here")
    assert not page.find("#waiting-lists").is_displayed()
    page.evaluate("void (location.hash = 'learn/5')")
    page.until(lambda: ("errback", "eb") in page.ran("#learn-picture"))
    page.evaluate("void (location.hash = 'try')")
    page.choose("#try-endpoint", "/lessons/contacts/v5")
    page.click("#try-send")
    page.until(lambda: ("callback", "json_cb") in page.ran())
    page.driver.get("about:blank")
    service.process.terminate()
    service.stop()


def test_a_token(page: Page) -> None:
    """Where callers are known by a token, the page has a field for it, and sends it with each request."""
    assert not page.find("#token").is_displayed()
    service = Service("--auth", "jwt:http://127.0.0.1:1/keys#issuer=i&audience=a", log=subprocess.DEVNULL)
    page.driver.get(service.url)
    page.says("#try-answer", "a token is required")
    page.write("#token", "abc")
    page.click("#try-send")
    page.says("#try-answer", "the token is malformed")
    assert page.barriers() == []
    page.driver.refresh()
    page.says("#try-answer", "a token is required")
    assert page.find("#token").get_property("value") == ""
    page.driver.get("about:blank")
    service.process.terminate()
    service.stop()


@pytest.mark.parametrize("address", ["nope", "constructor", "%", "lessons/v9/constructor", "request"])
def test_an_address_that_is_none(page: Page, address: str) -> None:
    """An unknown or malformed address still leads to a view."""
    page.open(address)
    assert len([section for section in page.all("main > section") if section.is_displayed()]) == 1


def test_a_link_that_lasts(page: Page) -> None:
    """Sending a request sets the address of the page, which sends the same request when it is opened."""
    page.write("#try-value", "dustin~malformed")
    page.click("#try-send")
    page.says("#try-answer .status", "502")
    assert page.evaluate("location.hash") == "#try/contacts/dustin~malformed"
    page.driver.refresh()
    page.says("#try-answer .status", "502")
    page.write("#try-value", "")
    page.click("#try-send")
    page.says("#try-answer .status", "400")
    page.driver.refresh()
    page.says("#try-answer .status", "400")


def test_the_first_picture(page: Page) -> None:
    """The picture that the page begins with is at its first step."""
    page.says("#try-picture .moment", "ajax_get_contacts makes a Deferred")
    assert page.text("#try-picture .moment").startswith("1 of ")


def test_sending_on_a_phone(page: Page) -> None:
    """On a phone, the picture is in view after a request is sent."""
    page.open("try", NARROW, prefers_reduced_motion="reduce")
    page.click("#try-send")
    page.until(
        lambda: page.evaluate("document.getElementById('try-picture').getBoundingClientRect().top") < NARROW[1] / 2 + 50
    )


def test_by_keyboard(page: Page) -> None:
    """Everything works with the keyboard only: skipping to the content, choosing a user, sending and stepping."""
    page.find("body").send_keys("\ue004")  # tab
    assert page.evaluate("document.activeElement.className") == "skip"
    page.driver.switch_to.active_element.send_keys("\ue007")
    page.until(lambda: page.evaluate("document.activeElement.id") == "content")
    assert page.find("#view-try").is_displayed()
    reached = set()
    for _ in range(40):
        page.driver.switch_to.active_element.send_keys("\ue004")
        reached.add(page.evaluate("document.activeElement.id || document.activeElement.value"))
    assert {"try-endpoint", "try-value", "dustin~hang", "try-send"} <= reached
    page.find('#try-people [value="amber"]').send_keys(" ")
    page.find("#try-send").send_keys("\ue007")  # enter
    page.says("#try-answer", '"zoë"')
    page.until(lambda: ("callback", "contacts_body") in page.ran())
    page.find("#try-picture .first").send_keys("\ue007")
    assert page.text("#try-picture .moment").startswith("1 of ")


@pytest.mark.parametrize(("size", "scheme"), [(NARROW, "dark"), (WIDE, "light")], ids=["narrow-dark", "wide-light"])
@pytest.mark.parametrize("view", VIEWS)
def test_nobody_is_kept_out(page: Page, view: str, size: tuple[int, int], scheme: str) -> None:
    """No view has an axe violation, contrast included, and no view is wider than its window."""
    page.open(view, size, prefers_color_scheme=scheme, prefers_reduced_motion="reduce")
    if view == "try":
        page.ask("dustin~malformed", "502")
    if view == "lessons":
        page.find('#lessons-cards[aria-busy="false"]')
    if view.startswith("learn"):
        page.find('#learn-content[aria-busy="false"]')
    assert page.barriers() == []
    assert page.evaluate("document.documentElement.scrollWidth") <= size[0]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_contrast_in_pictures(page: Page, scheme: str) -> None:
    """Text in a picture has a contrast of at least 4.5 to 1, also in steps that were skipped or are still to come."""
    page.open(prefers_color_scheme=scheme, prefers_reduced_motion="reduce")
    page.ask("dustin~malformed", "502")
    for moment in ("last", "first"):
        page.click(f"#try-picture .{moment}")
        measured = page.evaluate(CONTRASTS)
        assert len(measured) > 20
        assert [one for one in measured if one[1] < 4.5] == []


#: For each text in the picture: the text, and its contrast with the innermost filled shape around it (WCAG 2.2).
CONTRASTS = """
(() => {
  const channel = (value) => (value /= 255) <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  const luminance = (colour) => {
    const [red, green, blue] = colour.match(/[\\d.]+/g).map(Number);
    return 0.2126 * channel(red) + 0.7152 * channel(green) + 0.0722 * channel(blue);
  };
  const picture = document.querySelector("#try-picture .grid");
  const paper = getComputedStyle(picture).backgroundColor;
  const filled = [...picture.querySelectorAll("rect")].filter((one) => getComputedStyle(one).fill !== "none");
  return [...picture.querySelectorAll("text")].map((text) => {
    const { left, top, width, height } = text.getBoundingClientRect();
    const [x, y] = [left + width / 2, top + height / 2];
    const around = filled.filter((one) => {
      const box = one.getBoundingClientRect();
      return box.left <= x && x <= box.right && box.top <= y && y <= box.bottom;
    });
    const ground = around.length ? getComputedStyle(around.at(-1)).fill : paper;
    const [dark, light] = [luminance(getComputedStyle(text).fill), luminance(ground)].sort((a, b) => a - b);
    return [text.textContent, (light + 0.05) / (dark + 0.05)];
  });
})()
"""
