"""The rows of the slides' tables: pairs of functions, and the steps that both use."""

from collections.abc import Callable
from typing import Any

from attrs import frozen
from twisted.internet import defer
from twisted.internet.defer import Deferred
from twisted.python.failure import Failure


@frozen
class Row:
    """One row of a table. Either function returns a result or raises; a Deferred counts as its result or failure."""

    says: str
    plain: Callable[[], Any]
    deferred: Callable[[], Any]
    today: str = ""


class OddNumberError(Exception):
    """The error in the rows."""


def halve(number: int, unit: str = "") -> str:
    """Halve an even number."""
    if number % 2:
        raise OddNumberError(number)
    return f"{number // 2}{unit}"


def deferred_halve(number: int) -> Deferred[str]:
    """Halve an even number in a callback."""
    return defer.succeed(number).addCallback(halve)


def excuse(error: Exception | Failure, words: str = "sorry") -> str:
    """Turn an error, or a Failure with one, into an excuse."""
    value = error.value if isinstance(error, Failure) else error
    return f"{words}: {value}"


def either(result: Any) -> str:
    """Return a result as text, or what kind of error a Failure has."""
    return type(result.value).__name__ if isinstance(result, Failure) else str(result)


def fired_by(fire: Callable[[Deferred[Any]], None]) -> Deferred[Any]:
    """Return a Deferred that ``fire`` has fired."""
    d: Deferred[Any] = Deferred()
    fire(d)
    return d


def errback_of_current_exception(d: Deferred[Any]) -> None:
    """Fail a Deferred with the exception that is being handled."""
    try:
        halve(7)
    except OddNumberError:
        d.errback()


ODD = OddNumberError(7)
