"""What the rows of the slides' tables are made of: functions in pairs, and the steps that both of a pair take."""

from collections.abc import Callable
from typing import Any

from attrs import frozen
from twisted.internet import defer
from twisted.internet.defer import Deferred
from twisted.python.failure import Failure


@frozen
class Row:
    """One row of a table. Either function returns a result or raises; a Deferred stands for what becomes of it."""

    says: str
    plain: Callable[[], Any]
    deferred: Callable[[], Any]
    today: str = ""


class OddNumberError(Exception):
    """What goes wrong in the rows."""


def halve(number: int, unit: str = "") -> str:
    """Take the half of an even number."""
    if number % 2:
        raise OddNumberError(number)
    return f"{number // 2}{unit}"


def deferred_halve(number: int) -> Deferred[str]:
    """Take the half of an even number, in a moment."""
    return defer.succeed(number).addCallback(halve)


def excuse(error: Exception | Failure, words: str = "sorry") -> str:
    """Make an excuse of an error, or of the Failure around one."""
    value = error.value if isinstance(error, Failure) else error
    return f"{words}: {value}"


def fire_later(fire: Callable[[Deferred[Any]], None]) -> Deferred[Any]:
    """Make a Deferred, hand it out, and fire it afterwards."""
    d: Deferred[Any] = Deferred()
    fire(d)
    return d


def errback_of_current_exception(d: Deferred[Any]) -> None:
    """Fire with a failure from the exception that is being handled."""
    try:
        halve(7)
    except OddNumberError:
        d.errback()


ODD = OddNumberError(7)
