"""``Server-Timing`` (W3C): a browser's developer tools show the chain behind a response, step by step."""

import re
from collections.abc import Iterable
from functools import cache
from itertools import islice

from attrs import frozen

from service.web.exchanges import exchange_of
from service.web.guard import is_of_this_origin
from service.wire.request import WireRequest
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
            timing = timing_of(self.traces.durations(exchange_of(request).id))
            if timing:
                request.setHeader(b"Server-Timing", timing.encode())
        request.finish(body)


def timing_of(durations: Iterable[tuple[str, float]]) -> str:
    """Format functions and their seconds as the value of a ``Server-Timing`` header, in milliseconds."""
    return ", ".join(
        f"{as_token(name)};dur={seconds * _MILLISECONDS:.3f}" for name, seconds in islice(durations, MAX_STEPS)
    )


@cache
def as_token(name: str) -> str:
    """Return a name as a token of HTTP."""
    return _NOT_IN_A_TOKEN.sub("_", name)
