"""The word list: the terms of the lessons."""

from service.lessons.course.values import Word

WORDS = (
    Word(
        term="Deferred",
        also=("Deferreds",),
        means="A result that is not there yet, and the functions that are to take it. A function returns one in place"
        " of a result that takes time.",
    ),
    Word(
        term="fire",
        also=("fires", "fired"),
        means="To give a Deferred its result, with `callback(result)` or `errback(failure)`. It happens once, and"
        " then the chain runs.",
    ),
    Word(
        term="chain",
        also=("chains",),
        means="The steps of a Deferred, in the order in which they were added. Each takes what the one before it gave.",
    ),
    Word(
        term="callback",
        also=("callbacks",),
        means="A function on the left side of a chain: it takes a result. What it returns is the next result, and"
        " what it raises becomes a failure.",
    ),
    Word(
        term="errback",
        also=("errbacks",),
        means="A function on the right side of a chain: it takes a failure. If it returns the failure, that goes on;"
        " if it raises, a new one does; if it returns anything else, the chain has recovered.",
    ),
    Word(
        term="failure",
        also=("failures", "Failure"),
        means="An exception as a value: a `Failure` holds the exception and its traceback, so that it can travel"
        " through a chain long after it was raised.",
    ),
    Word(
        term="nonterminal",
        also=("nonterminal errback",),
        means="An errback that returns the failure after it has looked at it, for example to log it. Those after it"
        " still see the failure.",
    ),
    Word(
        term="terminal",
        also=("terminal errback",),
        means="An errback that turns the failure into a result, such as an error message for the browser: the chain"
        " recovers. A chain should end with one, because what fails after it is not handled by it.",
    ),
    Word(
        term="passes by",
        also=("pass by", "skipped"),
        means="A result goes past a step that has no callback, and a failure past a step that has no errback, without"
        " a change.",
    ),
    Word(
        term="recover",
        also=("recovers", "recovered"),
        means="To get from the errback side back to the callback side: an errback that returns something other than a"
        " failure does that.",
    ),
    Word(
        term="nested",
        also=("nesting", "inner Deferred"),
        means="A Deferred that a callback has returned: the outer chain waits for it, and goes on with its result.",
    ),
    Word(
        term="cancel",
        also=("cancels", "cancelled"),
        means="To ask a Deferred to give up. Its canceller stops the work behind it, if it has one, and it fails with"
        " `CancelledError`; if it waits for a nested Deferred, that one is cancelled.",
    ),
    Word(
        term="DeferredList",
        also=("join",),
        means="A Deferred that joins others: it fires when all of them have fired, with a list of pairs of success"
        " and result.",
    ),
    Word(
        term="reactor",
        means="The event loop: it waits for sockets and timers, and calls functions, one at a time.",
    ),
    Word(
        term="block",
        also=("blocks", "blocking"),
        means="To keep the reactor waiting, with `time.sleep` or a slow query: until the function returns, nobody"
        " else is served. A Deferred does not change that by itself: use functions that wait without blocking, or"
        " move the call to a thread with `deferToThread`.",
    ),
)
