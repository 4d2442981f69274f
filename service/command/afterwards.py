"""What a start leaves for afterwards: imports that the first requests can do without, and the garbage collector."""

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial

from twisted.internet.interfaces import IReactorTime
from twisted.python.reflect import namedAny

from service.backends.registry import DATABASE, IM, PAGES

#: Dotted names of what is imported where it is needed; the HTML parser comes last, because it takes the longest.
REST = (
    "service.web.xray",
    "service.web.server_timing",
    "service.lessons.descriptions",
    "service.lessons.matrix",
    "service.web.lesson_runs",
    *(kind.makers["fake"] for kind in (DATABASE, IM, PAGES)),
    "service.html",
)
#: Net allocations that trigger a collection of the youngest generation.
YOUNG = 20_000


def finish_start(clock: IReactorTime) -> None:
    """Import the rest, a module a turn, as the files of a running service may be replaced by those of another version.

    Then let the garbage collector rest.
    """
    steps: Iterator[Callable[[], object]] = iter([*(partial(namedAny, name) for name in REST), rest_collector])

    def go_on() -> None:
        step = next(steps, None)
        if step is not None:
            step()
            clock.callLater(0, go_on)

    clock.callLater(0, go_on)


@contextmanager
def without_collector() -> Iterator[None]:
    """Turn the cyclic garbage collector off: nothing that is imported is garbage, and looking for it takes time."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def rest_collector() -> None:
    """Freeze existing objects, and make the cyclic garbage collector run less often.

    Requests create no cycles; by default, collections that find nothing are a fifth of the cost of a request.
    """
    if not hasattr(gc, "freeze"):
        return  # the collector of PyPy is another one, and needs no rest
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG, 20, 20)
