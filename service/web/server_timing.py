"""``Server-Timing`` (W3C): a browser's developer tools show the chain behind a response, step by step."""

import re

from attrs import frozen

from service.web.exchanges import exchange_of
from service.web.guard import is_of_this_origin
from service.wire.request import WireRequest
from service.xray.grid import Grid
from service.xray.recent import RecentTraces

#: Maximum number of steps in the header.
MAX_STEPS = 16
_NOT_IN_A_TOKEN = re.compile(r"[^!#$%&'*+.^_`|~0-9A-Za-z-]+")
_MILLISECONDS = 1000


@frozen
class TimedFinish:
    """Finishes responses to requests of this origin with the durations of the steps in their ``traces``."""

    traces: RecentTraces

    def __call__(self, request: WireRequest, body: bytes) -> None:
        if not request.started and is_of_this_origin(request):
            grid = self.traces.grid(exchange_of(request).id)
            timing = "" if grid is None else timing_of(grid)
            if timing:
                request.setHeader(b"Server-Timing", timing.encode())
        request.finish(body)


def timing_of(grid: Grid) -> str:
    """Format the steps that have run as the value of a ``Server-Timing`` header, with durations in milliseconds."""
    ran = [
        (name, step.seconds)
        for step in grid.steps
        if (name := step.errback if step.came == "errback" else step.callback) and step.seconds is not None
    ]
    return ", ".join(
        f"{_NOT_IN_A_TOKEN.sub('_', name)};dur={seconds * _MILLISECONDS:.3f}" for name, seconds in ran[:MAX_STEPS]
    )
