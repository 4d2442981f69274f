"""Learn: twelve lessons, every mistake, the word list and the exercises."""

import pytest

from service.lessons.catalogue import LESSONS
from service.lessons.course.lessons import COURSE
from service.lessons.course.words import WORDS
from tests.browser.chrome import NARROW, Page


def open_page(page: Page, hash_: str) -> None:
    """Open a page of Learn, and wait until it is there."""
    page.evaluate(f"void (location.hash = {hash_!r})")
    wanted = hash_.removeprefix("learn").removeprefix("/")
    page.find(f'#learn-content[aria-busy="false"][data-page="{wanted}"]')


def lit(page: Page) -> list[str]:
    """Return the lines of code that are lit."""
    lines = page.evaluate("[...document.querySelectorAll('#learn-code .lit')].map((line) => line.textContent.trim())")
    return list(lines)


@pytest.mark.parametrize("number", range(1, 13))
def test_a_lesson(page: Page, number: int) -> None:
    """A lesson asks its question, plays from its first moment to the last, lights its code, and then says more."""
    lesson = COURSE[number - 1]
    open_page(page, f"learn/{number}")
    assert page.text("#title-learn") == f"{number}. {lesson.title}"
    choices = page.all(".question button")
    assert [choice.text for choice in choices] == list(lesson.question.choices)
    wrong, right = (lesson.question.right + 1) % len(choices), lesson.question.right
    choices[wrong].click()
    page.says(".question .said", f"Not quite: it is “{lesson.question.choices[right]}”")
    choices[right].click()
    page.says(".question .said", "Right. ")
    page.says(".question .said", lesson.question.because.replace("`", ""))
    assert not page.find("#learn-notice").is_displayed()
    assert not page.find("#learn-report").is_displayed()
    page.says("#learn-picture .moment", "1 of ")
    seen, steps = set(lit(page)), int(page.text("#learn-picture .moment").split()[2])
    for _ in range(steps - 1):
        page.click("#learn-picture .forward")
        seen.update(lit(page))
    assert page.text("#learn-picture .moment").startswith(f"{steps} of {steps} ")
    assert page.find("#learn-notice").is_displayed()
    assert page.find("#learn-report").is_displayed()
    page.says("#learn-notice", lesson.notice.replace("`", ""))
    if number != 12:  # what is paused does not run
        assert seen


def test_the_running_line(page: Page) -> None:
    """The lines that are lit are those of the function that runs, or the one that adds a step that is passed by."""
    open_page(page, "learn/5")
    for _ in range(5):
        page.click("#learn-picture .forward")
        if "nonterminal" in page.text("#learn-picture .moment"):
            assert [line.partition("(")[0] for line in lit(page)] == ["_log.warn", "return f"]
        if "recovers" in page.text("#learn-picture .moment"):
            assert lit(page) == ['return json.dumps({"error": str(f.value)})']
    open_page(page, "learn/2")
    page.click("#learn-picture .last")
    page.click("#learn-picture .first")
    assert lit(page) == ["d = mydb.get_user(user)"]
    for _ in range(3):
        page.click("#learn-picture .forward")
    assert lit(page)[0].startswith('print(f"extract_name(')


def test_a_step_that_is_passed_by(page: Page) -> None:
    """When a result passes a step by, the line that adds it is lit."""
    open_page(page, "learn/mistakes/contacts-v4")
    page.click("#mistake-right .first")
    for _ in range(3):
        page.click("#mistake-right .forward")
    page.says("#mistake-right .moment", "passes by")
    lines = page.evaluate(
        "[...document.querySelectorAll('#mistake-right .lit.passed')].map((one) => one.textContent.trim())"
    )
    assert lines == ["d.addCallback(get_contacts)  # this returns a deferred!"]


def test_other_scenes(page: Page) -> None:
    """A lesson has other scenes to choose, and one without a Deferred says so."""
    open_page(page, "learn/6")
    page.click(".scenes button:nth-child(2)")
    page.says("#learn-picture", "did not return a Deferred")
    assert "characters of HTML" in page.text("#learn-report")


#: Holds back the response for the first scene that is chosen, until ``release`` is called.
HOLD_BACK = """void (() => {
  const fetched = window.fetch;
  let held = false;
  window.fetch = async (path, ...rest) => {
    const response = await fetched(path, ...rest);
    if (!held && path.startsWith("/lessons/contacts-v1")) {
      held = true;
      await new Promise((resolve) => (window.release = resolve));
    }
    return response;
  };
})()"""


def test_a_scene_that_comes_late(page: Page) -> None:
    """A scene that arrives after another one was chosen is not shown."""
    open_page(page, "learn/6")
    page.evaluate(HOLD_BACK)
    page.click(".scenes button:nth-child(2)")
    page.until(lambda: page.evaluate("Boolean(window.release)"))
    page.click(".scenes button:nth-child(4)")
    page.says("#learn-code", "def v4(")
    page.evaluate("window.release()")
    page.evaluate("new Promise((resolve) => setTimeout(resolve))")
    assert "def v4(" in page.text("#learn-code")


def test_the_tables(page: Page) -> None:
    """The rows of a table of the slides run, with the code of both sides."""
    open_page(page, "learn/9")
    assert len(page.all("#learn-content tbody tr")) == 11
    page.click('[aria-label="Run the first of several: race"]')
    page.says("#learn-code", "defer.race([deferred_halve(8), Deferred()])")
    page.says("#learn-code", "def plain_race()")
    page.click("#learn-picture .last")
    page.says("#learn-report", "'4'")


def test_the_cards(page: Page) -> None:
    """The last lesson has cards: what to start from, what not to use, and what to learn next."""
    open_page(page, "learn/12")
    titles = [title.text for title in page.all("#learn-content .cards h3")]
    assert titles[0] == "Starting a new application"
    assert {"setTimeout", "Services", "Protocols", "Perspective Broker", "Web frameworks", "Enterprise"} <= set(titles)
    assert "class FakeIMService" in page.text("#learn-content .cards")


def test_every_mistake(page: Page) -> None:
    """Every lesson of the catalogue runs on the page, wrong and right, with code, response, and picture or a reason."""
    for lesson in LESSONS:
        open_page(page, f"learn/mistakes/{lesson.slug}")
        assert page.text("#title-learn") == lesson.name
        assert len(page.all("#learn-content article")) == (1 if lesson.cure is None else 2)
        for side, function in {"wrong": lesson.shown_by, "right": lesson.cure or lesson.shown_by}.items():
            selector = f"#mistake-{side}" if lesson.cure else "#mistake-wrong"
            shown = page.text(selector)
            assert f"{function.__name__}(" in shown or f"class {function.__name__}" in shown
            assert "The browser" in shown or "It never answers" in shown
            assert page.all(f"{selector} svg.grid") or "did not return a Deferred" in shown


def test_what_nothing_waits_for(page: Page) -> None:
    """A Deferred that nothing waits for has a picture of its own: its failure is unhandled, or handled in the end."""
    open_page(page, "learn/mistakes/thread-without-errback")
    page.says("#mistake-wrong .other", "unhandled: BackendError: the door is shut")
    page.says("#mistake-right .other", "terminal: recovers")


def test_the_list_of_mistakes(page: Page) -> None:
    """The list leads to each of them, and an unknown one is reported."""
    open_page(page, "learn/mistakes")
    links = [str(link.get_attribute("href")).partition("#")[2] for link in page.all("#learn-content li > a")]
    assert links == [f"learn/mistakes/{lesson.slug}" for lesson in LESSONS]
    page.open("learn/mistakes/nope")
    page.says("#notice", "unknown lesson")


def test_words(page: Page) -> None:
    """A term leads to its place in the word list, from lessons and from captions."""
    open_page(page, "learn/words")
    assert [term.text for term in page.all("#learn-content dt")] == [word.term for word in WORDS]
    open_page(page, "learn/5")
    page.click('.lead a[href="#learn/words/nonterminal"]')
    page.says("#title-learn", "Words")
    assert page.find("#word-nonterminal").is_displayed()
    page.open("try", prefers_reduced_motion="reduce")
    page.ask("jimbo", "404")
    assert page.all('#view-try .lead a[href="#learn/words/errback"]')
    assert page.all('#try-picture figcaption a[href="#learn/words/failure"]')
    page.click("#try-picture .first")
    assert page.all('#try-picture .moment a[href="#learn/words/Deferred"]')


def test_exercises(page: Page) -> None:
    """The exercises are listed, with the commands that write and check them."""
    open_page(page, "learn/exercises")
    assert len(page.all("#learn-content li")) == 10
    for command in ("python -m service.lessons exercises", "python -m service.lessons check"):
        assert command in page.text("#learn-content")


def test_from_lesson_to_lesson(page: Page) -> None:
    """The contents lead to the first lesson, and each lesson to its neighbours; the last one to the exercises."""
    open_page(page, "learn")
    page.click("#learn-content ol a")
    page.says("#title-learn", "1. A result")
    for number in range(2, 13):
        page.driver.execute_script("document.querySelector('#learn-neighbours a:last-child').click()")
        page.says("#title-learn", f"{number}. ")
    assert page.evaluate("scrollY") == 0
    assert page.evaluate("document.activeElement.id") == "title-learn"
    page.driver.execute_script("document.querySelector('#learn-neighbours a:last-child').click()")
    page.says("#title-learn", "Exercises")


@pytest.mark.parametrize("address", ["learn/0", "learn/13", "learn/1.5", "learn/nope", "learn/words/nope"])
def test_an_address_that_is_none(page: Page, address: str) -> None:
    """An unknown page of Learn leads to the contents or to the list."""
    open_page(page, address)
    assert page.text("#title-learn") in ("Learn Deferreds", "Words")


def test_the_answer_is_not_given_away(page: Page) -> None:
    """Before a picture is played, it shows neither the path of the result nor the end."""
    open_page(page, "learn/5")
    page.says("#learn-picture .moment", "1 of ")
    shown = page.evaluate(
        "[...document.querySelectorAll('#learn-picture .ahead.arrow, #learn-picture .ahead.end,"
        " #learn-picture .ahead .kind-of, #learn-picture .box.ahead .sub, #learn-picture .ahead.value')]"
        ".filter((part) => getComputedStyle(part).visibility !== 'hidden').length"
    )
    assert shown == 0


def test_on_a_phone(page: Page) -> None:
    """On a phone the line that runs is in view while the picture is played, and so is the box."""
    page.open("learn/5", NARROW, prefers_reduced_motion="reduce")
    page.find('#learn-content[aria-busy="false"]')
    page.evaluate("document.getElementById('learn-picture').scrollIntoView()")
    for _ in range(4):
        page.click("#learn-picture .forward")
    top, bottom = page.evaluate(
        "(() => { const { top, bottom } = document.querySelector('#learn-code .lit').getBoundingClientRect();"
        " return [top, bottom]; })()"
    )
    assert 0 < top < bottom <= NARROW[1]
    edge = page.evaluate("document.querySelector('#learn-code').getBoundingClientRect().top")
    box = page.evaluate("document.querySelector('#learn-picture .box.ran.now').getBoundingClientRect().bottom")
    assert box < edge
