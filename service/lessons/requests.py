"""A request as the slides have it: with a ``query``, which twisted.web's does not have."""

from typing import Any, Self

from attrs import frozen


@frozen
class QueryRequest:
    """As much of a request as the slides use: ``query`` maps a name to the list of its values."""

    query: dict[str, list[str]]

    @classmethod
    def of(cls, request: Any) -> Self:
        """Take it out of an ``IRequest``; bytes that are not UTF-8 become U+FFFD."""
        return cls(
            {
                name.decode(errors="replace"): [value.decode(errors="replace") for value in values]
                for name, values in request.args.items()
            }
        )
