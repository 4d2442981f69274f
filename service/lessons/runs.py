"""One run of a lesson: its code, the path of the result, what it logs and prints, and what a browser gets."""

import gc
import io
from collections.abc import Callable, Iterator
from contextlib import ExitStack, redirect_stdout
from typing import Any

from attrs import frozen
from twisted.internet.defer import Deferred
from twisted.internet.task import Clock
from twisted.logger import LogEvent, formatEvent

from service.lessons.browser import Received, at_deadline, bare_site, visit
from service.lessons.capture import capture_log
from service.lessons.catalogue import Lesson
from service.lessons.contacts import QueryRequest
from service.lessons.descriptions import name_of, says
from service.lessons.explanations import what_came
from service.lessons.source import Source, names_in, source_of
from service.lessons.stage import Stage
from service.xray.grid import Grid
from service.xray.recent import RecentTraces
from service.xray.record import RECORDS
from service.xray.watch import of, watching

#: Seconds for which a browser waits.
DEADLINE = 5.0


@frozen(kw_only=True)
class Run:
    """What happened when a function was run for a browser, which got ``received`` within the deadline.

    ``grid`` is None if the function has returned no Deferred, and ``others`` are those that it has made and that
    nothing waits for. ``log`` also has what Twisted says of errors that nothing handled.
    """

    shown_by: str
    says: str
    sources: tuple[Source, ...]
    received: Received
    explanation: str
    printed: list[str]
    log: list[str]
    grid: Grid | None
    others: tuple[Grid, ...]


def run(lesson: Lesson, function: Callable[..., Any], query: str | None = None) -> Run:
    """Run one side of a lesson, with its own query or another one, on a fake clock: it returns immediately."""
    clock, traces, printed = Clock(), RecentTraces(), io.StringIO()
    made: list[Deferred[Any]] = []
    with ExitStack() as cleanup:

        def handler(request: QueryRequest) -> Any:
            known = set(map(id, RECORDS.values()))
            result = lesson.show(function, Stage(clock, request, cleanup))
            if not isinstance(result, Deferred | str):
                result = Deferred.fromCoroutine(result)
            found = [record() for record in RECORDS.values() if id(record) not in known]
            made.extend(d for d in found if d is not None and d is not result)
            return result

        events = cleanup.enter_context(capture_log())
        cleanup.enter_context(redirect_stdout(printed))
        cleanup.enter_context(watching())
        site = bare_site(handler, traces, clock, tracebacks=False)
        wanted = (lesson.query if query is None else query).encode("latin-1")  # the bytes that were sent
        with visit(site, wanted, clock, DEADLINE) as received:
            grid = next((traces.grid(trace.name) for trace in traces.all()), None)
            others = tuple(at_deadline(of(d), DEADLINE) for d in made if is_left(d))
        made.clear()
        del site
        gc.collect(1)  # Twisted reports what nothing has handled when it is freed
        return Run(
            shown_by=name_of(function),
            says=says(function),
            sources=tuple(map(source_of, (function, *beside(lesson, function)))),
            received=received,
            explanation=what_came(received, DEADLINE),
            printed=printed.getvalue().splitlines(),
            log=[line for event in events if (line := in_the_log(event))],
            grid=None if grid is None else at_deadline(grid, DEADLINE),
            others=others,
        )


def is_left(d: Deferred[Any]) -> bool:
    """Return whether nothing waits for a Deferred; those inside of a ``LoopingCall`` are its own affair."""
    record = RECORDS[id(d)]
    return not record.is_wanted and not any(str(step.callback).startswith("LoopingCall.") for step in record.steps)


def beside(lesson: Lesson, function: Callable[..., Any]) -> Iterator[Callable[..., Any]]:
    """Yield the functions that are shown with one side of a lesson: not those that only the other side calls."""
    sides = (lesson.shown_by, lesson.cure)
    for one in lesson.beside:
        if calls(function, one) or not any(calls(side, one) for side in sides):
            yield one


def calls(function: Callable[..., Any] | None, other: Callable[..., Any]) -> bool:
    """Return whether a function names another one; None and a class name none."""
    code = getattr(function, "__code__", None)
    return code is not None and other.__name__ in names_in(code)


def in_the_log(event: LogEvent) -> str:
    """Return a line of the log; an empty one for what is not about the lesson."""
    failure = event.get("log_failure")
    if failure is not None:
        words = str(formatEvent(event)).strip().rstrip(":") or "unhandled error"
        return f"{words}: {failure.type.__name__}: {failure.value}"
    return str(formatEvent(event)) if event["log_namespace"].startswith("service.") else ""
