"""The matrix of the lessons: what a browser gets from each ``ajax_get_contacts`` variant on each input."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from inspect import getdoc
from typing import Any

from attrs import asdict, frozen
from twisted.internet.task import Clock
from twisted.logger import formatEvent

from service.errors import NoSuchRoute
from service.interfaces import IIMService
from service.lessons import contacts, today
from service.lessons.browser import Received, at_deadline, bare_site, visit
from service.lessons.capture import capture_log
from service.lessons.contacts import Handler
from service.lessons.explanations import what_came
from service.xray.grid import Grid
from service.xray.recent import RecentTraces
from service.xray.watch import watching

#: The slides' five variants, and two modern ones.
VARIANTS: Mapping[str, Callable[[IIMService], Handler]] = {
    "v1": contacts.v1,
    "v2": contacts.v2,
    "v3": contacts.v3,
    "v4": contacts.v4,
    "v5": contacts.v5,
    "v6": today.v6,
    "v7": today.v7,
}
#: The service's own ``ajax_get_contacts``, without the bugs.
PRODUCT = "product"
PRODUCT_SAYS = "This service: every error has an error status and its own message, and no exception slips past."
#: Name of an input -> its query string.
INPUTS: Mapping[str, str] = {
    "known user": "username=dustin",
    "unknown user": "username=jimbo",
    "missing parameter": "",
    "blank": "username=",
    "repeated": "username=karl&username=dustin",
    "malformed contact": "username=dustin~malformed",
    "service raises": "username=dustin~raise",
    "service fails": "username=dustin~down",
    "service hangs": "username=dustin~hang",
    "unserialisable result": "username=dustin~unserialisable",
}


@frozen(kw_only=True)
class Report:
    """What a browser gets from a variant; ``log`` has the messages that the variant logs.

    ``status``, ``content_type`` and ``body`` are None without a response.
    """

    variant: str
    status: int | None
    content_type: str | None
    is_json: bool
    body: str | None
    log: list[str]
    explanation: str


@frozen(kw_only=True)
class ContactsLesson:
    """A runner of the variants, each on its own fakes and fake clock, so that a deadline passes immediately.

    ``make_im_service`` makes the fake IM service on a clock. ``make_product`` makes the protocol factory of the
    service itself, which keeps the trace of its chain. ``deadline`` is in seconds.
    """

    make_im_service: Callable[[Clock], IIMService]
    make_product: Callable[[Clock, RecentTraces], Any]
    deadline: float

    def run(self, variant: str, query: bytes, *, tracebacks: bool = False) -> Report:
        """Run one variant on a query.

        :raise NoSuchRoute: if the variant is unknown.
        """
        with capture_log() as events, self._visit(variant, query, RecentTraces(), tracebacks=tracebacks) as received:
            return Report(
                variant=variant,
                **asdict(received),
                is_json=received.kind in ("contacts", "error"),
                log=[str(formatEvent(event)) for event in events if event["log_namespace"].startswith("service.")],
                explanation=f"{what_it_is(variant)} {what_came(received, self.deadline)}",
            )

    def watch(self, variant: str, query: bytes) -> Grid | None:
        """Run one variant on a query and return its chain as it is at the deadline.

        :return: the grid of the Deferred of the response, including Klein's own steps; None if there was none.
        :raise NoSuchRoute: if the variant is unknown.
        """
        traces = RecentTraces()
        with watching(), capture_log(), self._visit(variant, query, traces):
            grid = next((traces.grid(trace.name) for trace in traces.all()), None)
            return None if grid is None else at_deadline(grid, self.deadline)

    def _visit(
        self, variant: str, query: bytes, traces: RecentTraces, *, tracebacks: bool = False
    ) -> AbstractContextManager[Received]:
        if variant not in (*VARIANTS, PRODUCT):
            raise NoSuchRoute(f"unknown variant: expected {', '.join(VARIANTS)} or {PRODUCT}")
        clock = Clock()
        if variant == PRODUCT:
            site = self.make_product(clock, traces)
        else:
            handler = VARIANTS[variant](self.make_im_service(clock))
            site = bare_site(handler, traces, clock, tracebacks=tracebacks)
        return visit(site, query, clock, self.deadline)

    def compute_matrix(self) -> Iterator[tuple[str, str, Report]]:
        """Run every variant on every input; yield the variant, the input and the report of each run."""
        for variant in (*VARIANTS, PRODUCT):
            for name, query in INPUTS.items():
                yield variant, name, self.run(variant, query.encode())


def what_it_is(variant: str) -> str:
    """Describe a variant, its bug included, in one line."""
    return PRODUCT_SAYS if variant == PRODUCT else " ".join((getdoc(VARIANTS[variant]) or "").split())


def as_markdown(lesson: ContactsLesson) -> str:
    """Format the matrix as a table, a row per input and a column per variant; ``+ log`` if the variant itself logs."""
    cells: dict[str, list[str]] = {name: [] for name in INPUTS}
    for _, name, report in lesson.compute_matrix():
        cells[name].append(as_cell(report))
    header = ["input", *VARIANTS, PRODUCT]
    rows = [header, ["---"] * len(header), *([name, *row] for name, row in cells.items())]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def as_cell(report: Report) -> str:
    """Summarise a report in a few words."""
    kind = Received(report.status, report.content_type, report.body).kind
    return kind if report.status is None else f"{report.status} {kind}{' + log' if report.log else ''}"
