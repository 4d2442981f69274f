"""Cards about what the slides advise against, and what they advise to learn next."""

from service.lessons.course.values import Card

AVOID, LEARN = "do not use", "learn about"
CARDS = (
    Card(
        title="maybeDeferred, as a design",
        kind=AVOID,
        was="A function that returns a result or a Deferred, as it comes, and leaves it to every caller to wrap the"
        " call in `maybeDeferred`.",
        today="Return a Deferred in every case, with `succeed(result)` for a result that is known; or write an `async"
        " def`. `maybeDeferred` itself is fine at the edge, where functions of other people are called.",
        here="`service/web/dispatcher.py` calls the routes with it, because a route may return bytes.",
        slug="maybe-deferred",
    ),
    Card(
        title="pause and unpause",
        kind=AVOID,
        was="Methods with which a chain is stopped and continued from outside. They are what nesting is made of, and"
        " were never meant for others.",
        today="Return a Deferred from a callback: the chain waits for it.",
        here="Nothing in this service calls them.",
        slug="pause",
    ),
    Card(
        title="setTimeout",
        kind=AVOID,
        was="A method that made a Deferred fail after a while. What it was waiting for went on.",
        today="`addTimeout(seconds, clock)` cancels the work.",
        here="Every endpoint of `service/web/application.py` has a deadline by `addTimeout`.",
        slug="set-timeout",
    ),
    Card(
        title="Services",
        kind=LEARN,
        was="`twisted.application`: objects that are started and stopped together, which `twistd` ran as daemons from"
        " `.tac` files.",
        today="`twist` runs a plugin in the foreground, and systemd or a container does the rest. A small one is in"
        " `service/lessons/starting/greeter.py`.",
        here="This service starts its parts itself, in `service/command/`, because it has to drain connections before"
        " it stops.",
        command="mkdir -p twisted/plugins && cp service/lessons/starting/greeter.py twisted/plugins/ && python -m"
        " twisted --log-format=text greeter",
        file="starting/greeter.py",
    ),
    Card(
        title="Protocols",
        kind=LEARN,
        was="Classes that get the bytes of a connection as they come: `dataReceived`, or `lineReceived` in a"
        " `LineReceiver`.",
        today="The same; asyncio took the idea over. `service/lessons/from_scratch/line_receiver.py` is a small one,"
        " beside a select loop that does the same without Twisted.",
        here="`service/wire/` is an HTTP/1.1 server as a protocol.",
        command="python -m service.lessons.from_scratch.line_receiver",
        file="from_scratch/line_receiver.py",
    ),
    Card(
        title="Perspective Broker",
        kind=LEARN,
        was="`twisted.spread`: calls to objects in other processes, as Deferreds; unlike pickle it accepts only the"
        " classes that it is told to.",
        today="It is still there, and Buildbot used it for its workers for years. JSON over HTTP, or gRPC, is what"
        " other languages speak, too.",
        here="The workers of `--processes` share a socket and no objects, so there is nothing to call.",
    ),
    Card(
        title="Web frameworks",
        kind=LEARN,
        was="Nevow, with its templates and Athena, its live pages.",
        today="Klein for routes that may return Deferreds; treq for the client. Nevow is no longer maintained.",
        here="`service/web/` has Klein routes, and the tests are written with treq.",
    ),
    Card(
        title="Enterprise",
        kind=LEARN,
        was="`twisted.enterprise.adbapi`: a blocking database driver in a pool of threads, each query a Deferred.",
        today="The same for drivers that block; or a driver that does not, such as asyncpg, whose coroutines run as"
        " tasks of asyncio; `Deferred.fromFuture(task)` makes a Deferred of one.",
        here="`adbapi` is behind `sqlite:`, and asyncpg behind `postgresql:`; see `service/backends/`.",
    ),
)
STARTING = Card(
    title="Starting a new application",
    kind="start here",
    was="The slides close with the complaint that it is hard to start a new application in Twisted.",
    today="Copy two files: the smallest service, with a chain, a fake behind an interface, a route and a terminal"
    " errback, and its test with treq, which needs no network.",
    here="`service/lessons/starting/smallest.py` and `test_smallest.py`.",
    command="cp service/lessons/starting/*smallest.py . && python smallest.py",
    file="starting/smallest.py",
)
MAGIC = Card(
    title="Twisted is not magic",
    kind="start here",
    was="The slides say so on a page of their own, and leave the proof to the reader.",
    today="Here is a Deferred in forty lines, which runs the same chains. Its docstring lists what it lacks.",
    here="Its test runs random chains on it and on Twisted's, and compares every step.",
    file="from_scratch/deferred.py",
)
