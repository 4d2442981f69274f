"""Drawings of grids of every shape, including those that this service never produces."""

from typing import Any

import pytest
from twisted.internet.defer import CancelledError, Deferred, DeferredList, fail, succeed

from service import xray
from tests.browser.chrome import Page
from tests.results import result_of

_DRAW = """
const [grid, text, done] = arguments;
import("/console/player.js").then(({ Player }) => {
  document.getElementById("drawn")?.remove();
  const place = document.createElement("div");
  place.id = "drawn";
  document.getElementById("content").prepend(place);
  new Player(place).show({ grid, text });
  done();
});
"""


def draw(page: Page, d: Deferred[Any]) -> str:
    """Draw a grid at the top of the page and return its text."""
    grid = xray.of(d)
    assert grid is not None
    page.driver.set_script_timeout(10)
    page.driver.execute_async_script(_DRAW, xray.to_dict(grid), xray.as_text(grid))
    return page.text("#drawn .grid")


@pytest.fixture(autouse=True)
def watched() -> Any:
    """Watch the Deferreds that the test makes."""
    with xray.watching():
        yield


def boom(_: object) -> None:
    raise ValueError("boom")


def test_an_unhandled_failure(page: Page) -> None:
    """A chain that ends in an unhandled failure ends on the right and says so."""
    d = succeed(None).addCallback(boom)
    assert "unhandled: ValueError: boom" in draw(page, d)
    assert page.diagonals("#drawn") == ["errback"]
    assert len(page.all("#drawn .end.errback")) == 1
    page.says("#drawn .moment", "The failure was never handled")
    d.addErrback(lambda _: None)


def test_a_forgotten_deferred(page: Page) -> None:
    """A Deferred that a step has forgotten is marked."""
    kept: list[Deferred[Any]] = []
    d = succeed(None).addCallback(lambda _: kept.append(Deferred()))
    assert "forgotten? <lambda>" in draw(page, d)
    page.click("#drawn .note .title")
    page.says("#drawn .moment", "Is a return missing?")


def test_what_will_never_fire(page: Page) -> None:
    """A step whose Deferred can never fire is drawn as waiting, and so is a Deferred that has not fired."""
    outer = succeed(None).addCallback(lambda _: Deferred())
    draw(page, outer)
    assert len(page.all("#drawn .box.waits")) == 1
    inner: Deferred[Any] = Deferred()
    assert "has waited for" in draw(page, inner)
    page.says("#drawn .moment", "It has not fired")


def test_a_cancelled_deferred(page: Page) -> None:
    """A cancelled Deferred says so and fails on the right."""
    d: Deferred[Any] = Deferred()
    d.cancel()
    assert "cancelled · test_a_cancelled_deferred" in draw(page, d)
    assert len(page.all("#drawn .end.errback")) == 1
    page.click("#drawn .burst")
    page.says("#drawn .moment", "The Deferred fails with CancelledError. It was cancelled.")
    d.addErrback(lambda failure: failure.trap(CancelledError))
    draw(page, d)
    assert page.ran("#drawn") == [("errback", "<lambda>")]


def test_a_coroutine(page: Page) -> None:
    """The Deferreds that a coroutine awaits are drawn, even before they fire."""
    waiting: Deferred[int] = Deferred()

    async def add() -> int:
        with pytest.raises(ValueError, match="no"):
            await fail(ValueError("no"))
        return await succeed(1) + await waiting

    d = Deferred.fromCoroutine(add())
    draw(page, d)
    assert len(page.all("#drawn .member.waits")) == 1
    waiting.callback(2)
    words = draw(page, d)
    assert "its coroutine awaited this" in words
    assert [box.side for box in page.boxes("#drawn", ".grid > .member")] == ["errback", "callback", "callback"]
    outcomes = [member.find_element("css selector", ".value").text for member in page.all("#drawn .member")]
    assert outcomes == ["ValueError: no", "1", "2"]


@pytest.mark.parametrize("number", [0, 1, 30])
def test_a_long_list(page: Page, number: int) -> None:
    """Of very many members, 24 are drawn and the others are counted."""
    d = DeferredList([fail(ValueError(str(index))) for index in range(number)], consumeErrors=True)
    words = draw(page, d)
    assert len(page.all("#drawn .member.errback")) == min(number, 24)
    assert ("6 more are not drawn" in words) is (number == 30)
    assert len(result_of(d)) == number


def test_without_values(page: Page) -> None:
    """If values are not shown, the path is drawn without them."""
    xray.install(values=False)
    words = draw(page, succeed("secret").addCallback(str.upper).addErrback(boom).addBoth(lambda same: same))
    assert "secret" not in words.lower()
    assert ("callback", "upper") in page.ran("#drawn")


def test_deep_nesting(page: Page) -> None:
    """Deferreds nested as deep as X-ray records are all drawn, even in a narrow window."""

    def nest(depth: int) -> Deferred[Any]:
        return succeed(depth).addCallback(lambda left: nest(left - 1) if left else "at last")

    page.open(size=(360, 740))
    draw(page, nest(12))
    assert len(page.all("#drawn .grid > .token")) == 8
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_a_chain_that_is_cut(page: Page) -> None:
    """The picture of a chain that is too long to record says that its last steps are left out."""
    d = succeed(1)
    for _ in range(210):
        d.addCallback(lambda same: same)
    draw(page, d)
    page.says("#drawn .moment", "The chain ends with 10 more steps, which are not shown")


def test_a_long_chain(page: Page) -> None:
    """Long names and values fit into their boxes."""

    def a_function_with_a_very_long_name_that_goes_on_and_on(same: str) -> str:
        return same

    d = succeed("x" * 500)
    for _ in range(40):
        d.addCallback(a_function_with_a_very_long_name_that_goes_on_and_on)
    draw(page, d)
    assert len(page.boxes("#drawn")) == 80
    wider = page.evaluate(
        "[...document.querySelectorAll('#drawn .box')].filter((box) => [...box.querySelectorAll('text')].some("
        "(text) => text.getBBox().width > box.querySelector('rect').getBBox().width)).length"
    )
    assert wider == 0
