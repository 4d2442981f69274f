"""The last six lessons: nesting, the tables of the slides, and what comes with a reactor."""

from service.lessons.course.values import CourseLesson, Question, Scene

FURTHER = (
    CourseLesson(
        title="Nesting",
        says="A callback may return a Deferred. The chain then waits for it, and goes on with its result, as if the"
        " callback had taken that long. For this it has to be returned.",
        scenes=(
            Scene(title="A callback forgets to return the Deferred", path="/lessons/forgotten-return"),
            Scene(title="It returns the Deferred", path="/lessons/forgotten-return", side="right"),
        ),
        question=Question(
            asks="`fetch` asks for the contacts, and does not return the Deferred. What does the JSON step take?",
            choices=("the contacts", "the Deferred", "None"),
            right=2,
            because="A function without `return` returns None. The chain goes on with that immediately, and nothing"
            " waits for the contacts.",
        ),
        notice="With `return`, the inner Deferred is drawn inside the step that waits for it, and its result leaves"
        " the frame at the bottom.",
    ),
    CourseLesson(
        title="The methods",
        says="There are few of them. You add functions with `addCallback`, `addErrback`, `addCallbacks` and"
        " `addBoth`; the code that has the result fires the Deferred with `callback` or `errback`; and `succeed` and"
        " `fail` make a Deferred that has fired already. Each row below runs.",
        scenes=(
            Scene(title="addCallbacks(cb, eb), cb raises", path="/lessons/tables/methods/6", side="deferred"),
            Scene(title="addBoth(callable)", path="/lessons/tables/methods/7", side="deferred"),
        ),
        question=Question(
            asks="7 is odd, so `halve` raises. What is the outcome of the first scene?",
            choices=("'3.5'", "'sorry: 7'", "OddNumberError"),
            right=2,
            because="`excuse` was added beside `halve`, in the same step. It would take a failure of `int`, but not"
            " that of `halve`.",
        ),
        notice="In plain Python that is `try`, `except` and `else`: what the `else` clause raises is not caught by"
        " the `except` before it.",
        table="methods",
    ),
    CourseLesson(
        title="Sync and async, side by side",
        says="What you know from threads has a counterpart. Where you would wait for a call, you add a callback."
        " Where you would start a thread, you call a function, do not return its Deferred, and give that an errback."
        " Where you would join a thread, you add a callback to its Deferred. Each row below runs.",
        scenes=(
            Scene(title="Set a time limit", path="/lessons/tables/sync-and-async/10", side="deferred"),
            Scene(title="A coroutine as a Deferred", path="/lessons/tables/sync-and-async/3", side="deferred"),
        ),
        question=Question(
            asks="`addTimeout` and a thread's timeout both end the wait. What else does `addTimeout` do?",
            choices=("it cancels the operation", "it tries again", "nothing else"),
            right=0,
            because="A thread cannot be stopped, and goes on in vain. A Deferred is cancelled: its canceller, if it"
            " was made with one, stops the timer or the socket behind it.",
        ),
        notice="A cancelled Deferred fires with `CancelledError`; the first step of `addTimeout` turns it into"
        " `TimeoutError`, so that the errbacks after it know why. If you make a Deferred yourself, give it a"
        " canceller, a function that stops the work: `Deferred(lambda d: timer.cancel())`. A call that blocks belongs"
        " in a thread: `deferToThread(function)` returns a Deferred for it, and `deferToThreadPool(reactor, threads,"
        " function)` does that with a pool of your own.",
        table="sync-and-async",
    ),
    CourseLesson(
        title="DeferredList",
        says="To wait for several Deferreds you join them. A `DeferredList` is a Deferred whose members are others;"
        " it waits for all of them.",
        scenes=(
            Scene(title="Three lookups, one of which fails", path="/lessons/parallel-lookup", side="right"),
            Scene(title="results in place of result", path="/lessons/parallel-lookup"),
        ),
        question=Question(
            asks="jimbo does not exist, so one of the members fails. What does the DeferredList do?",
            choices=("it fails, too", "it fires with a list of pairs", "it never fires"),
            right=1,
            because="A DeferredList fires with a pair for each member: whether it succeeded, and its result or"
            " failure. `gatherResults` is the one that fails at the first failure, with a `FirstError` around it.",
        ),
        notice="The members are drawn side by side, and join. `consumeErrors=True` says that the failures of members"
        " are handled by looking at the pairs; without it, each is also reported as unhandled. In the second scene"
        " one letter too many gives everybody the pair of karl, without any error.",
    ),
    CourseLesson(
        title="callLater and LoopingCall",
        says="With `callLater` the reactor calls a function later; it returns no Deferred, so an exception in the"
        " function goes to the log only. A `LoopingCall` calls a function again and again, and its `start()` returns"
        " a Deferred that fails if the function raises. Give that one an errback.",
        scenes=(
            Scene(title="poll is called without its argument", path="/lessons/wait-for-file"),
            Scene(title="With its argument, and an errback", path="/lessons/wait-for-file", side="right"),
            Scene(title="countDown", path="/lessons/count-down", side="right"),
            Scene(title="A database that raises in a timer", path="/lessons/raise-in-a-timer"),
        ),
        question=Question(
            asks="The first call of `poll` raises a TypeError. When does `d` fire?",
            choices=("immediately, with the TypeError", "when the file arrives", "never"),
            right=2,
            because="The loop stops, and the Deferred of `loop.start()` fails. Nothing connects that with `d`, and"
            " nothing else is left that could fire `d`.",
        ),
        notice="In the second scene a failure of the loop would go to `d.errback`. Whenever a timer should fire a"
        " Deferred, ask what happens if it raises.",
    ),
    CourseLesson(
        title="What not to use, and what to learn next",
        says="The slides end with two lists: parts of Twisted that they advise against, and parts worth knowing. The"
        " cards below say what became of each.",
        scenes=(
            Scene(title="pause and unpause", path="/lessons/pause"),
            Scene(title="What to do in their place", path="/lessons/pause", side="right"),
            Scene(title="setTimeout", path="/lessons/set-timeout"),
            Scene(title="maybeDeferred as a design", path="/lessons/maybe-deferred"),
        ),
        question=Question(
            asks="A chain is paused until the log-in is done, and the log-in fails. What does the browser get?",
            choices=("the contacts", "the error of the log-in", "nothing"),
            right=2,
            because="Only the callback of the log-in calls `unpause`, and it never runs. The chain has its result,"
            " and stands still for good.",
        ),
        notice="A Deferred returned from a callback pauses the chain and continues it by itself, for results and"
        " failures alike. That is all that `pause` was for.",
        cards=True,
    ),
)
