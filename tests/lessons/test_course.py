"""The course: twelve lessons, whose questions have the answers that they say, a word list, and cards."""

import json
from pathlib import Path
from typing import Any

import pytest

from service.lessons.catalogue import BY_SLUG
from service.lessons.course.lessons import COURSE, describe_course
from service.lessons.course.values import CourseLesson
from service.lessons.course.words import WORDS

LESSONS = Path(__file__).parent.parent.parent / "service" / "lessons"


def first_scene(lesson: CourseLesson) -> dict[str, Any]:
    """Run the first scene of a lesson."""
    from service.web.lesson_runs import run_lesson, run_table_row

    path, _, query = lesson.scenes[0].path.partition("?")
    parts = path.split("/")[2:]
    if parts[0] == "tables":
        return run_table_row(*parts[1:])
    ran: dict[str, Any] = run_lesson(parts[0], query.encode())[lesson.scenes[0].side]
    return ran


def answer_of(number: int) -> str:
    """Return the right choice of a lesson's question."""
    question = COURSE[number - 1].question
    return question.choices[question.right]


def steps(ran: dict[str, Any]) -> list[tuple[str, str, str]]:
    """Return the function of each step that ran, what it took and what it gave."""
    return [(str(step[step["came"]]).rpartition(".")[2], step["took"], step["gave"]) for step in ran["grid"]["steps"]]


@pytest.mark.parametrize("number", range(1, 13))
def test_the_answer_is_what_happens(number: int) -> None:
    """The right choice of each question is what its first scene shows."""
    ran = first_scene(COURSE[number - 1])
    answer = answer_of(number)
    body = json.loads((ran.get("received") or {}).get("body") or "null") if number not in (6, 8, 9) else None
    shows = {
        1: lambda: answer == ran["printed"][-2] and ran["printed"][-1] == "name: Dustin",
        2: lambda: ("print_name", answer, "None") in steps(ran),
        3: lambda: any(name == answer for name, *_ in steps(ran)) and not any("got_info" in one for one in steps(ran)),
        4: lambda: ran["grid"]["steps"][1]["left"] == "errback" and answer.startswith("on the right"),
        5: lambda: answer == "the error as JSON" and body == {"error": "the IM service cannot be reached"},
        6: lambda: answer == "no" and ran["received"]["status"] == 500 and "json_eb" not in dict_of(ran),
        7: lambda: body == {"contacts": None} and answer == "None",
        8: lambda: ran["outcome"].startswith(answer),
        9: lambda: answer == "it cancels the operation" and ran["grid"]["cancelled"],
        10: lambda: answer == "it fires with a list of pairs" and "(False, " in ran["grid"]["steps"][0]["took"],
        11: lambda: answer == "never" and ran["grid"]["state"] == "waiting",
        12: lambda: answer == "nothing" and ran["received"]["status"] is None,
    }[number]
    assert shows()


def dict_of(ran: dict[str, Any]) -> dict[str, str]:
    """Return what each function that ran gave."""
    return {name: gave for name, _, gave in steps(ran)}


def test_questions() -> None:
    """A question has at least two choices, all different, and its answer is one of them."""
    for lesson in COURSE:
        question = lesson.question
        assert len(set(question.choices)) == len(question.choices) >= 2
        assert 0 <= question.right < len(question.choices)


def test_words() -> None:
    """There are fifteen words, each once, and each occurs in the lessons."""
    forms = [form for word in WORDS for form in (word.term, *word.also)]
    assert len(WORDS) == 15
    assert len(set(forms)) == len(forms)
    texts = " ".join(
        text
        for lesson in COURSE
        for text in (lesson.says, lesson.notice, lesson.question.asks, lesson.question.because)
    )
    assert [word.term for word in WORDS if not any(form in texts for form in (word.term, *word.also))] == []


def test_cards() -> None:
    """A card that says that something runs names a lesson or a command, and its code is that of its file."""
    cards = describe_course()["cards"]
    for card in cards:
        assert card["slug"] is None or card["slug"] in BY_SLUG
        assert card["code"] == (None if card["file"] is None else LESSONS.joinpath(card["file"]).read_text())
    subjects = " ".join(card["title"] for card in cards)
    for subject in (
        "maybeDeferred",
        "pause",
        "setTimeout",
        "Services",
        "Protocols",
        "Perspective Broker",
        "Enterprise",
    ):
        assert subject in subjects
