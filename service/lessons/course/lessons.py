"""The course as JSON: twelve lessons, a word list and cards."""

from importlib.resources import files
from typing import Any

from attrs import asdict

from service.lessons.course.basics import BASICS
from service.lessons.course.cards import CARDS, MAGIC, STARTING
from service.lessons.course.further import FURTHER
from service.lessons.course.values import Card
from service.lessons.course.words import WORDS
from service.lessons.exercises.listing import describe_exercises

COURSE = (*BASICS, *FURTHER)


def describe_course() -> dict[str, Any]:
    """Describe the course.

    :return: ``{"lessons": [...], "words": [...], "cards": [...], "exercises": [...]}``: the attributes of the
        values, and for a card the code of its ``file``.
    """
    return {
        "lessons": [asdict(lesson) for lesson in COURSE],
        "words": [asdict(word) for word in WORDS],
        "cards": [describe_card(card) for card in (STARTING, MAGIC, *CARDS)],
        "exercises": list(describe_exercises()),
    }


def describe_card(card: Card) -> dict[str, Any]:
    """Describe a card, with the code of its file."""
    return {**asdict(card), "code": None if card.file is None else code_of(card.file)}


def code_of(name: str) -> str:
    """Return the code of a file of the lessons, by its path in their package."""
    return files("service.lessons").joinpath(name).read_text()
