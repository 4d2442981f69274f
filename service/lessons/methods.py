"""The slides' table "Deferreds: methods", executable: each method next to its equivalent in plain Python."""

from twisted.internet import defer
from twisted.python.failure import Failure

from service.lessons.tables import (
    ODD,
    OddNumberError,
    Row,
    deferred_halve,
    either,
    errback_of_current_exception,
    excuse,
    fired_by,
    halve,
)


def plain_errback() -> str:
    """Recover in an except clause."""
    try:
        return halve(7)
    except OddNumberError as error:
        return excuse(error, words="odd")


def plain_callbacks(text: str) -> str:
    """Recover only from the step before: an else clause is not covered by its try."""
    try:
        number = int(text)
    except ValueError as error:
        return excuse(error)
    else:
        return halve(number)


def plain_both() -> str:
    """Handle a result and an exception alike."""
    outcome: object
    try:
        outcome = halve(7)
    except OddNumberError as error:
        outcome = type(error).__name__
    return str(outcome)


#: "Deferreds: methods", and the nesting that the slides show before that table.
METHODS = (
    Row("addCallback(cb, *args)", lambda: halve(8, "m"), lambda: defer.succeed(8).addCallback(halve, "m")),
    Row("addCallback(cb, **kwargs)", lambda: halve(8, unit="m"), lambda: defer.succeed(8).addCallback(halve, unit="m")),
    Row("addErrback(eb, *args, **kwargs)", plain_errback, lambda: defer.fail(ODD).addErrback(excuse, words="odd")),
    Row(
        "addCallbacks(cb, eb)",
        lambda: plain_callbacks("8"),
        lambda: defer.succeed("8").addCallback(int).addCallbacks(halve, excuse),
    ),
    Row(
        "addCallbacks(cb, eb), after a failure",
        lambda: plain_callbacks("eight"),
        lambda: defer.succeed("eight").addCallback(int).addCallbacks(halve, excuse),
    ),
    Row(
        "addCallbacks(cb, eb), cb raises",
        lambda: plain_callbacks("7"),
        lambda: defer.succeed("7").addCallback(int).addCallbacks(halve, excuse),
    ),
    Row("addBoth(callable)", plain_both, lambda: defer.fail(ODD).addBoth(either)),
    Row("callback(result)", lambda: halve(8), lambda: fired_by(lambda d: d.callback(halve(8)))),
    Row("errback()", lambda: halve(7), lambda: fired_by(errback_of_current_exception)),
    Row("errback(f)", lambda: halve(7), lambda: fired_by(lambda d: d.errback(Failure(ODD)))),
    Row("succeed(result)", lambda: "4", lambda: defer.succeed("4")),
    Row("fail(f)", lambda: halve(7), lambda: defer.fail(Failure(ODD))),
    Row("a callback that returns a Deferred", lambda: halve(8), lambda: defer.succeed(8).addCallback(deferred_halve)),
)
