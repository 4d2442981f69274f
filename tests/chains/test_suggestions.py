"""Example queries, collected from the backends."""

from typing import Any

from attrs import frozen
from twisted.internet.task import Clock
from zope.interface import implementer
from zope.interface.verify import verifyObject

from fakes.database import FakeUserDatabase
from fakes.im import FakeIMService
from fakes.pages import FakePageFetcher
from service.chains.suggestions import Suggestions
from service.interfaces import ISuggesting
from service.values import Suggestion


@implementer(ISuggesting)
@frozen
class Suggesting:
    """A backend that only offers suggestions."""

    values: str
    reserved: str = "~"

    def suggestions(self) -> list[Suggestion]:
        return [Suggestion(value, f"from {self.values}") for value in self.values]


def test_the_fakes_suggest() -> None:
    """Every fake provides the whole interface."""
    for fake in (FakeUserDatabase, FakeIMService, FakePageFetcher):
        assert verifyObject(ISuggesting, fake.from_url("fake:", Clock()))


def test_several_backends() -> None:
    """A duplicate suggestion appears once, from the first backend."""
    people: list[Any] = [Suggesting("ab"), Suggesting("bc")]
    suggestions = Suggestions(people=people, pages=people[1:])
    assert [(one.value, one.about) for one in suggestions.usernames()] == [
        ("a", "from ab"),
        ("b", "from ab"),
        ("c", "from bc"),
    ]
    assert [one.value for one in suggestions.urls()] == ["b", "c"]


def test_reserved_characters() -> None:
    """Characters that a backend for people reserves are reserved, each once."""
    people: list[Any] = [Suggesting("a"), object(), Suggesting("a", "~+")]
    pages: list[Any] = [Suggesting("a", "?")]
    assert Suggestions(people=people, pages=pages).reserved() == "+~"
    assert Suggestions(people=[people[1]], pages=[]).reserved() == ""


def test_backends_that_suggest_nothing() -> None:
    """A backend without suggestions is skipped."""
    others: list[Any] = [object(), Suggesting("a")]
    assert [one.value for one in Suggestions(people=others, pages=[]).usernames()] == ["a"]
    assert Suggestions(people=others[:1], pages=[]).usernames() == []
