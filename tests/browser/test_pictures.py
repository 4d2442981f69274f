"""The picture of a request: the boxes that ran, on their sides, and the arrows that change sides."""

import re
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from tests.browser.chrome import Page
from tests.service_process import Service

SVG = "{http://www.w3.org/2000/svg}"


def test_a_good_request(page: Page) -> None:
    """A result stays on the left from the first callback to the last, and the errbacks are skipped."""
    page.ask("dustin", "200")
    assert page.ran()[:8] == [
        ("callback", "username_asked_for"),
        ("callback", "get_contacts"),
        ("callback", "get_contact_list"),
        ("callback", "as_answer"),
        ("callback", "as_usernames"),
        ("callback", "addTimeout ▸"),
        ("callback", "contacts_body"),
        ("callback", "as_json"),
    ]
    assert page.diagonals() == []
    skipped = {box.title for box in page.boxes() if box.side == "errback" and "skipped" in box.classes}
    assert {"log_no_contacts", "as_problem"} <= skipped
    assert len(page.all("#try-picture .grid > .frame")) == 2
    assert len(page.all("#try-picture .grid > .token")) == len(page.all("#try-picture .grid > .burst")) == 3
    assert '"karl"' in page.text("#try-answer pre")


def test_steps_that_are_folded(page: Page) -> None:
    """Steps of Twisted and of the server are one box, which opens, and folds again."""
    page.ask("dustin", "200")
    assert "2 steps" in page.text("#try-picture .fold")
    folded = page.text("#try-picture .moment")
    page.evaluate("document.querySelector('#try-picture .fold.box').dispatchEvent(new Event('click', {bubbles: true}))")
    page.until(lambda: not page.all("#try-picture svg .fold"))
    assert page.ran()[5:7] == [("callback", "convertCancelled"), ("callback", "cancelTimeout")]
    page.click("#try-picture button.fold")
    page.until(lambda: page.all("#try-picture svg .fold"))
    assert page.text("#try-picture .moment") == folded
    page.ask("", "400")
    assert page.ran()[-1] == ("callback", "respond")  # one step is not folded


def test_what_kind_each_box_is(page: Page) -> None:
    """Each box says what it is: nonterminal, terminal, or passed by."""
    page.ask("jimbo", "404")
    kinds = {
        (box.title, kind)
        for box, kind in zip(
            [box for box in page.boxes() if "ran" in box.classes and "fold" not in box.classes],
            page.evaluate(
                "[...document.querySelectorAll('#try-picture .grid > .box.ran:not(.fold)')].map((box) =>"
                " [...box.querySelectorAll('.kind-of')].map((line) => line.textContent).join(' '))"
            ),
            strict=True,
        )
    }
    assert ("log_no_contacts", "nonterminal: returns the failure") in kinds
    assert ("as_problem", "terminal: recovers") in kinds
    assert ("", "passes by") in kinds
    assert ("username_asked_for", "returns a result") in kinds
    assert ("get_contacts", "returns a Deferred, which fails") in kinds


@pytest.mark.parametrize("width", [320, 390])
def test_names_are_whole(page: Page, width: int) -> None:
    """No name in a picture is cut, on the narrowest phone either: it takes several lines, inside its box."""
    page.open("try", (width, 800), prefers_reduced_motion="reduce")
    page.ask("jimbo", "404")
    page.click("#try-picture button.fold")
    lines = page.evaluate(
        "[...document.querySelectorAll('#try-picture .box')].map((box) => [[...box.querySelectorAll('.title')].map("
        "(line) => line.textContent).join(''), box.querySelector('rect').getBBox().width,"
        " Math.max(0, ...[...box.querySelectorAll('text')].map((line) => line.getBBox().width))])"
    )
    names = {name for name, *_ in lines}
    assert {"username_asked_for", "convertCancelled", "log_no_contacts"} <= names
    assert not any("…" in name for name in names)
    assert [name for name, box, text in lines if text > box] == []


def test_an_unknown_user(page: Page) -> None:
    """A failure begins where it was raised, passes steps without an errback, and ends at the terminal errback."""
    page.ask("jimbo", "404")
    assert page.diagonals() == ["errback", "callback"]
    ran = page.ran()
    assert ("errback", "log_no_contacts") in ran
    assert ("errback", "as_problem") in ran
    assert ("callback", "as_usernames") not in ran
    ghosts = [box.side for box in page.boxes() if {"ran", "ghost"} <= box.classes]
    assert "errback" in ghosts


def test_a_missing_parameter(page: Page) -> None:
    """Without a username the first callback fails, and no backend is asked."""
    page.ask("", "400")
    assert page.ran()[0] == ("callback", "username_asked_for")
    assert page.diagonals() == ["errback", "callback"]
    assert page.all("#try-picture .grid > .frame") == []


def test_a_malformed_answer(page: Page) -> None:
    """An error in a callback is not seen by the errback beside it, and crosses to the right."""
    page.ask("dustin~malformed", "502")
    assert ("callback", "as_usernames") in page.ran()
    assert ("errback", "log_no_contacts") not in page.ran()
    values = [element.get_property("textContent") for element in page.all("#try-picture .value.errback")]
    assert any("malformed contact list" in str(value) for value in values)


def test_what_waits(page: Page) -> None:
    """A pending chain is drawn down to what it waits for; if the user cancels, it is drawn as cancelled."""
    page.write("#try-value", "dustin~hang")
    page.click("#try-send")
    page.until(lambda: page.all("#try-picture .frame.waits .title, #try-picture .token.waits"))
    assert [box.title for box in page.boxes() if "waits" in box.classes] == ["get_contacts", "get_contact_list"]
    assert re.search(r"has waited for \d", page.text("#try-picture .moment"))
    before = page.text("#try-picture .moment")
    page.until(lambda: page.text("#try-picture .moment") != before)
    assert ("callback", "as_usernames") not in page.ran()
    page.click("#try-leave")
    page.says("#try-answer", "You cancelled")
    page.until(lambda: "cancelled" in page.text("#try-picture .grid"))
    assert ("errback", "log_no_contacts") in page.ran()


def test_one_that_waits_after_another_one(page: Page) -> None:
    """A pending request is shown where it is now, whatever was shown before, and can be played meanwhile."""
    page.ask("karl", "200")
    page.click("#try-picture .first")
    page.write("#try-value", "dustin~hang")
    page.click("#try-send")
    page.says("#try-picture .asked", "GET /contacts?username=dustin~hang")
    page.says("#try-picture .moment", "has waited for")
    page.click("#try-picture .play")
    page.choose("#try-picture select", "4")
    page.says("#try-picture .moment", "username_asked_for takes")
    page.says("#try-picture .moment", "has waited for")
    page.click("#try-leave")
    page.until(lambda: page.evaluate("document.activeElement.id") == "try-send")  # once the request has ended


def test_a_quick_second_request(page: Page) -> None:
    """Of two requests sent in quick succession, the second one's response and picture are shown."""
    for name in ("dustin~slow=0.2", "jimbo"):
        page.write("#try-value", name)
        page.click("#try-send")
    page.says("#try-answer .status", "404")
    page.says("#try-picture .asked", "GET /contacts?username=jimbo")
    page.says("#try-picture .end", "the browser gets 404")


#: Holds back the first grid that the browser receives, until ``release`` is called.
_HOLD_BACK = """(() => {
  const fetched = window.fetch;
  let held = false;
  window.fetch = async (path, ...rest) => {
    const response = await fetched(path, ...rest);
    if (!held && path.startsWith("/xray/")) {
      held = true;
      await new Promise((resolve) => (window.release = resolve));
    }
    return response;
  };
})()"""


def test_a_picture_that_comes_late(page: Page) -> None:
    """A picture that arrives late is not shown beside the response to a later request."""
    page.ask("dustin", "200")
    page.evaluate(_HOLD_BACK)
    page.write("#try-value", "karl")
    page.click("#try-send")
    page.until(lambda: page.evaluate("Boolean(window.release)"))
    page.ask("jimbo", "404")
    page.evaluate("window.release()")
    page.evaluate("new Promise((resolve) => setTimeout(resolve))")  # let the page handle the late grid
    assert page.text("#try-picture .asked") == "GET /contacts?username=jimbo"
    assert '"no_such_user"' in page.text("#try-answer pre")


def test_stepping(page: Page) -> None:
    """A picture can be stepped forwards and back by buttons and keys, and each step says what it did."""
    page.ask("dustin", "200")
    last = page.find("#try-picture .moment").text
    page.click("#try-picture .back")
    assert page.find("#try-picture .moment").text != last
    page.click("#try-picture .forward")
    assert page.find("#try-picture .moment").text == last
    page.click("#try-picture .first")
    assert page.text("#try-picture .moment").startswith("1 of ")
    assert [box for box in page.boxes() if "ahead" not in box.classes] == []
    strokes = "[...document.querySelectorAll('#try-picture .box path')].map((path) => getComputedStyle(path).stroke)"
    assert len(set(page.evaluate(strokes))) == 1  # pale
    page.find("#try-picture input[type=range]").send_keys("\ue014\ue014")  # right arrow, twice
    assert "username_asked_for takes <WireRequest GET /contacts?username=dustin>" in page.text("#try-picture .moment")
    assert "and gives 'dustin'" in page.text("#try-picture .moment")
    reached = [box.title for box in page.boxes() if "ahead" not in box.classes and "ran" in box.classes]
    assert reached == ["username_asked_for"]
    page.click("#try-picture .box.ran ~ .box.ran .title")
    assert not page.text("#try-picture .moment").startswith("3 of ")


def test_playing(page: Page) -> None:
    """A picture plays by itself if motion is allowed, at the chosen speed, until it is paused or at its end."""
    page.open()
    page.write("#try-value", "dustin")
    page.click("#try-send")
    page.until(lambda: page.text("#try-picture .play") == "Pause")
    page.choose("#try-picture select", "4")
    page.until(lambda: page.text("#try-picture .play") == "Play")
    number, most = re.findall(r"\d+", page.text("#try-picture .moment"))[:2]
    assert number == most
    page.click("#try-picture .play")
    assert page.text("#try-picture .moment").startswith("1 of ")
    page.click("#try-picture .play")
    assert page.text("#try-picture .play") == "Play"


def test_nothing_moves(page: Page) -> None:
    """With reduced motion, the whole picture is shown immediately."""
    page.write("#try-value", "karl")
    page.click("#try-send")
    page.says("#try-picture .asked", "GET /contacts?username=karl")
    number, most = re.findall(r"\d+", page.text("#try-picture .moment"))[:2]
    assert number == most
    assert page.text("#try-picture .play") == "Play"


def test_a_permanent_link(page: Page) -> None:
    """The link of a picture opens it again, and an unknown request is reported as such."""
    page.ask("karl", "200")
    link = str(page.find("#try-picture a").get_attribute("href"))
    page.open(link.partition("#")[2], prefers_reduced_motion="reduce")
    page.until(lambda: ("callback", "contacts_body") in page.ran("#request-picture"))
    page.says("#request-picture .asked", "GET /contacts?username=karl")
    page.open("request/0123")
    page.says("#request-picture", "no trace for that request")


def test_saving(page: Page, downloads: Path) -> None:
    """The picture can be saved as a self-contained SVG and shown as text."""
    page.ask("dustin", "200")
    page.click("#try-picture .first")
    page.click("#try-picture .save")
    saved = downloads / "deferred.svg"
    page.until(saved.exists)
    root = ET.parse(saved).getroot()
    assert root.tag == f"{SVG}svg"
    assert ".grid .token" in (root.findtext(f"{SVG}style") or "")
    assert "username_asked_for" in "".join(root.itertext())
    assert "ahead" not in {
        name
        for part in root.iter()
        if part.get("data-moment") != "Infinity"
        for name in (part.get("class") or "").split()
    }
    page.click("#try-picture summary")
    assert "[username_asked_for]" in page.find("#try-picture details pre").text


def test_copying(page: Page) -> None:
    """The text can be copied if the browser permits it."""
    page.command("Browser.grantPermissions", {"permissions": ["clipboardReadWrite", "clipboardSanitizedWrite"]})
    page.ask("dustin", "200")
    page.click("#try-picture .copy")
    page.says("#try-picture .copy", "Copied")


def test_several_people(page: Page) -> None:
    """Where several users can be requested, a click adds one and another click removes it."""
    page.choose("#try-endpoint", "/users")
    page.click('#try-people [value="karl"]')
    page.says("#try-path", "GET /users?username=dustin&username=karl")
    page.choose("#try-endpoint", "/contacts")
    assert page.text("#try-path") == "GET /contacts?username=dustin"
    page.choose("#try-endpoint", "/users")
    page.click('#try-people [value="karl"]')
    page.click('#try-people [value="dustin"]')
    assert page.text("#try-path") == "GET /users?username=karl"
    page.says("#try-about", "karl: Karl, who talks to dustin")


@pytest.mark.parametrize("endpoint", ["/user-info", "/user-name", "/users", "/page-title", "/readyz"])
def test_every_endpoint(page: Page, endpoint: str) -> None:
    """Every endpoint can be tried with the input that the page suggests."""
    page.choose("#try-endpoint", endpoint)
    page.click("#try-send")
    page.says("#try-answer .status", "200")
    page.until(lambda: ("callback", "as_json") in page.ran())


def test_a_variant_of_the_lessons(page: Page) -> None:
    """A lesson variant can be tried: its chain is drawn, or the page says why it has none."""
    page.choose("#try-endpoint", "/lessons/contacts/v5")
    page.click("#try-send")
    page.until(lambda: ("callback", "json_cb") in page.ran())
    page.choose("#try-endpoint", "/lessons/contacts/v1")
    page.write("#try-value", "")
    page.click("#try-send")
    page.says("#try-picture", "raised before")
    page.says("#try-answer .status", "500")


def test_the_service_stops(page: Page) -> None:
    """The page says so if the service cannot be reached."""
    other = Service()
    page.driver.get(other.url)
    page.until(lambda: page.all("nav [aria-current]"))
    other.process.terminate()
    other.stop()
    page.click("#try-send")
    page.says("#try-answer", "The service cannot be reached")
