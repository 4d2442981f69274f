"""Example queries for the service, collected from the backends that offer some."""

from collections.abc import Iterable

from attrs import frozen

from service.interfaces import IBackend, ISuggesting
from service.values import Suggestion


@frozen(kw_only=True)
class Suggestions:
    """The example queries of the backends for people and for pages."""

    people: Iterable[IBackend]
    pages: Iterable[IBackend]

    def usernames(self) -> list[Suggestion]:
        """List example usernames without duplicates."""
        return gather(self.people)

    def urls(self) -> list[Suggestion]:
        """List example URLs of pages without duplicates."""
        return gather(self.pages)

    def reserved(self) -> str:
        """Return the characters that have a meaning of their own in usernames."""
        suggesting = (ISuggesting(backend, None) for backend in self.people)
        return "".join(sorted({character for one in suggesting if one is not None for character in one.reserved}))


def gather(backends: Iterable[IBackend]) -> list[Suggestion]:
    """Collect the suggestions of backends; for duplicate values, the first backend wins."""
    found: dict[str, Suggestion] = {}
    for backend in backends:
        suggesting = ISuggesting(backend, None)
        for suggestion in [] if suggesting is None else suggesting.suggestions():
            found.setdefault(suggestion.value, suggestion)
    return list(found.values())
