"""What to ask the service for: whatever its backends suggest, those that have something to suggest."""

from collections.abc import Iterable

from attrs import frozen

from service.interfaces import IBackend, ISuggesting
from service.values import Suggestion


@frozen(kw_only=True)
class Suggestions:
    """Of the backends that know people, and of those that know pages."""

    people: Iterable[IBackend]
    pages: Iterable[IBackend]

    def usernames(self) -> list[Suggestion]:
        """List usernames, each once."""
        return gather(self.people)

    def urls(self) -> list[Suggestion]:
        """List URLs of pages, each once."""
        return gather(self.pages)


def gather(backends: Iterable[IBackend]) -> list[Suggestion]:
    """List what backends suggest; of the same value, what the first of them says."""
    found: dict[str, Suggestion] = {}
    for backend in backends:
        suggesting = ISuggesting(backend, None)
        for suggestion in [] if suggesting is None else suggesting.suggestions():
            found.setdefault(suggestion.value, suggestion)
    return list(found.values())
